//! Tests of sessions: login, logout, cookies, lifetimes.

mod cookie;
mod lifetimes;
mod list;
mod log_in;
mod log_out;
