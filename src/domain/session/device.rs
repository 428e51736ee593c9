//! Devices that an account was used from: known by a token that gives no access, only failures of their own; it must not know how
//! the token is carried.

use std::time::Duration;

use crate::domain::{account::ids::UserId, credential::token::TokenHash, timestamp::Timestamp};

/// How long a device is known: the longest that browsers keep a cookie (RFC 6265bis section 5.5).
pub const LIFE: Duration = Duration::from_hours(24 * 400);

/// Devices of an account that are known; one more makes the oldest a stranger. It bounds how often strangers who stole tokens
/// could fail.
pub const PER_ACCOUNT: usize = 20;

/// A device to be known from now on.
#[derive(Debug)]
pub struct NewDevice {
    /// Whose.
    pub user_id: UserId,
    /// What its token must hash to.
    pub token_hash: TokenHash,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}
