//! Attacks on passwords, against the service on a simulated clock and against the binary.

pub mod client;
pub mod simulation;
pub mod target;
