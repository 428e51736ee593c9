//! Values and rules that hold wherever they are used; it does no input or output and knows no other room.

pub mod access_token;
pub mod challenge;
pub mod device;
pub mod email;
pub mod host;
pub mod identifier;
pub mod invalid;
pub mod language;
pub mod limit;
pub mod message;
pub mod network;
pub mod password;
pub mod policy;
mod reserved;
pub mod secret;
pub mod session;
pub mod strength;
pub mod time;
pub mod token;
pub mod user;
pub mod username;
