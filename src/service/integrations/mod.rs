//! Use cases of the other services of an app.

pub(crate) mod introspect;
