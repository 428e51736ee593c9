//! Tests of rate limits, lockouts, CAPTCHA and overload.

mod captcha;
mod changes;
mod client_ips;
mod devices;
mod documented_limits;
mod guessing;
mod lockout;
mod overload;
mod rate_limit;
mod reservations;
mod timing;
