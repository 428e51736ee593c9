//! Tests of sessions: login, logout, cookies, lifetimes, confirmations.

mod confirm;
mod cookie;
mod current;
mod devices;
mod email_code;
mod lifetimes;
mod list;
mod log_in;
mod log_out;
