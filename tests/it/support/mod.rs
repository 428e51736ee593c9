//! Support of all tests: services, calls, databases and mail.

mod call;
mod captcha;
pub mod cross_site;
mod database;
pub mod guesses;
pub mod integrations;
mod mail;
mod race;
mod second_factors;
mod service;
mod skipped;
mod test_service;
mod timing;
mod wait;

pub use call::{Call, Reply, assert_same_response, contract, exchange, send_body_after};
pub use captcha::solved;
pub use database::{
    Home, NetworkFault, PostgresDatabase, PostgresProxy, PostgresServer, Sql,
    is_run_on_postgres_or_skip, migrated_sqlite, on_a_database, rows,
};
pub use mail::{Authority, Behaviour, LOGIN, Mail, MailServer, Offer, TOKEN, put_notices};
pub use race::{at_once, count, send_at_once};
pub use second_factors::{Authenticator, authenticator_app, encoded};
pub use service::{Account, PASSWORD, Service};
pub use skipped::or_skip;
pub use test_service::TestService;
pub use timing::Comparison;
pub use wait::wait_until;
