//! Tests of what monitoring tools see: the admin listener.

mod admin_listener;
