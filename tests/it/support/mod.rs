//! What every test stands on: a running service of its own, and calls that say what they expect.

mod authority;
mod call;
mod captcha;
mod clocked;
mod eventually;
mod mail;
mod mail_server;
mod mailbox;
mod notices;
mod service;
mod timing;

pub use authority::Authority;
pub use call::{Call, Reply, exchange};
pub use captcha::solved;
pub use clocked::Clocked;
pub use eventually::eventually;
pub use mail::Mail;
pub use mail_server::{LOGIN, MailServer, Manner, Offer};
pub use mailbox::Mailbox;
pub use notices::put_notices;
pub use service::{Account, PASSWORD, Service};
pub use timing::Comparison;
