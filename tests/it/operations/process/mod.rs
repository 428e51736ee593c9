//! Tests of the process: signals, stops and restarts.

mod restart;
mod signals;
mod stop;
