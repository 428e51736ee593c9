//! Use cases of the other services of an app.

mod access_token;
pub(super) mod introspect;
pub(super) mod service_keys;
