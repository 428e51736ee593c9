//! What every test stands on: a running service of its own, and calls that say what they expect.

mod authority;
mod call;
mod captcha;
mod clocked;
mod eventually;
pub mod guesses;
mod home;
mod mail;
mod mail_server;
mod mailbox;
pub mod neighbours;
mod notices;
mod postgres;
mod postgres_proxy;
mod postgres_server;
pub mod rows;
mod service;
mod sql;
mod timing;

pub use authority::Authority;
pub use call::{Call, Reply, exchange};
pub use captcha::solved;
pub use clocked::Clocked;
pub use eventually::eventually;
pub use home::Home;
pub use mail::Mail;
pub use mail_server::{LOGIN, MailServer, Manner, Offer, TOKEN};
pub use notices::put_notices;
pub use postgres::{PostgresDatabase, is_run_on_postgres_or_skip};
pub use postgres_proxy::{NetworkFault, PostgresProxy};
pub use postgres_server::PostgresServer;
pub use service::{Account, PASSWORD, Service};
pub use timing::Comparison;
