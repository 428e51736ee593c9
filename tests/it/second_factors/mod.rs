//! Second factors.

mod guesses;
mod log_in;
mod reset;
mod trusted_devices;
mod ways_in;
