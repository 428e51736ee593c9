//! The second factors of a person: an authenticator with a passkey, and an authenticator app.

mod authenticator;
pub mod authenticator_app;

pub use authenticator::{Authenticator, encoded};
