//! bcrypt in lanes.
#![no_std]
#![forbid(unsafe_code)]
