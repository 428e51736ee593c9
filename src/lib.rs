//! daemun: sign-up and log-in for an app, as one small container.
//!
//! Rooms and who may name whom, downwards only:
//! `main → cli → app → http → service → store → domain`, with `hash`, `blocking` and `clock` beside `service`.

pub mod app;
mod blocking;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod hash;
pub mod http;
pub mod mail;
pub mod service;
pub mod store;
pub mod telemetry;
