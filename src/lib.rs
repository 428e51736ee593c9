//! daemun.
