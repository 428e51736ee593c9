//! The kinds of secrets that an attempt guesses, and the limits on each.

use crate::domain::rate_limit::{RateLimit, RateLimits};

/// The secret that an attempt guesses.
#[derive(Clone, Copy)]
pub(in crate::throttle) enum Guess {
    Password,
    /// A mailed code in place of the password.
    LoginCode,
    /// A code without a session, or an invitation.
    Code,
    /// A code of the caller's own challenges.
    OwnCode,
    /// A second factor.
    SecondFactor,
}

impl Guess {
    /// Returns how many failures cause no backoff.
    pub(in crate::throttle) const fn policy(self, limits: &RateLimits) -> RateLimit {
        match self {
            Self::Password | Self::LoginCode | Self::Code | Self::SecondFactor => {
                RateLimit::failures(limits)
            }
            Self::OwnCode => RateLimit::wrong_codes(limits),
        }
    }

    /// Returns whether a password is hashed once the attempt has its place.
    pub(in crate::throttle) const fn needs_hash(self) -> bool {
        match self {
            Self::Password | Self::Code => true,
            Self::LoginCode | Self::OwnCode | Self::SecondFactor => false,
        }
    }

    /// Returns how many consecutive failures are allowed. Codes expire, so many attempts over a
    /// long time gain an attacker nothing.
    pub(in crate::throttle) fn in_a_row(self, limits: &RateLimits) -> i64 {
        match self {
            Self::Password | Self::LoginCode | Self::SecondFactor => {
                i64::from(limits.account_failures)
            }
            Self::Code | Self::OwnCode => i64::MAX,
        }
    }
}
