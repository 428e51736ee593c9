//! Recognized devices. Their token gives no access; it only counts the device's failures apart from
//! others.

use std::time::Duration;

use crate::domain::{
    account::ids::{DeviceId, UserId},
    credential::token::TokenHash,
    timestamp::Timestamp,
};

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

/// A recognized device.
#[derive(Debug)]
pub struct RecognizedDevice {
    /// The digest of its token.
    pub token: TokenHash,
    /// The time of its first login.
    pub created_at: Timestamp,
    /// The time of its last login; `None` if it was before this was recorded.
    pub last_used_at: Option<Timestamp>,
    /// The time until which it is recognized.
    pub expires_at: Timestamp,
    /// The time until which it skips the second factor.
    pub trusted_until: Option<Timestamp>,
}

impl RecognizedDevice {
    /// Returns the id. It is derived from the digest of the token, so it needs no column; 74 of the
    /// 256 bits reveal nothing about the token.
    #[must_use]
    pub fn id(&self) -> DeviceId {
        let digest = self.token.as_bytes().first_chunk();
        DeviceId::new(self.created_at, digest.unwrap_or(&[0; 10]))
    }
}
