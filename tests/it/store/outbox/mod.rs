//! The tables of messages that wait to be sent.

mod mail;
mod webhooks;
