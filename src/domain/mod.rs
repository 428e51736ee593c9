//! Values and rules that hold wherever they are used; it does no input or output and knows no other room.

pub mod account;
pub mod credential;
pub mod host;
pub mod invalid;
pub mod language;
pub mod message;
pub mod modes;
pub mod network;
pub mod rate_limit;
pub mod session;
pub mod timestamp;
