//! Recognized devices. Their token gives no access; it only counts the device's failures apart from
//! others.

use std::time::Duration;

use crate::domain::{account::ids::UserId, credential::token::TokenHash, timestamp::Timestamp};

/// The time for which a device is recognized: the longest that browsers keep a cookie (RFC 6265bis
/// section 5.5).
pub const LIFE: Duration = Duration::from_hours(24 * 400);

/// The most recognized devices of an account; one more replaces the oldest. It bounds the attempts
/// with stolen tokens.
pub const PER_ACCOUNT: usize = 20;

/// A new recognized device.
#[derive(Debug)]
pub struct NewDevice {
    /// The account.
    pub user_id: UserId,
    /// The digest of its token.
    pub token_hash: TokenHash,
    /// The time of its first login.
    pub created_at: Timestamp,
    /// The time until which it is recognized.
    pub expires_at: Timestamp,
    /// The time until which it skips the second factor.
    pub trusted_until: Option<Timestamp>,
}
