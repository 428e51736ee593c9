//! Values and rules that hold wherever they are used; it does no input or output and knows no other room.

pub mod email;
pub mod identifier;
pub mod invalid;
pub mod password;
mod reserved;
pub mod session;
pub mod strength;
pub mod time;
pub mod token;
pub mod user;
pub mod username;
