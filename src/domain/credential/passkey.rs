//! Passkeys: WebAuthn credentials of an account.

use std::fmt;

use serde::Serialize;

use crate::domain::{
    account::{
        display_name::DisplayName,
        ids::{PasskeyId, UserId},
        text_list::TextList,
    },
    timestamp::Timestamp,
};

/// The most passkeys of one account.
pub const PASSKEYS_PER_ACCOUNT: usize = 20;

/// Bytes of a user handle (WebAuthn section 14.6.1): random, so that it says nothing about the
/// account.
pub const USER_HANDLE_BYTES: usize = 32;

/// A registered passkey.
#[derive(Clone)]
pub struct Passkey {
    /// The id by which the owner names the passkey.
    pub id: PasskeyId,
    /// The account.
    pub user_id: UserId,
    /// The RP id that the passkey was created for.
    pub rp_id: String,
    /// The id that the authenticator chose.
    pub credential_id: Vec<u8>,
    /// The public key as a `COSE_Key`.
    pub public_key: Vec<u8>,
    /// The last signature counter.
    pub sign_count: u32,
    /// The ways in which clients reach the authenticator.
    pub transports: Transports,
    /// `true` if the passkey can be backed up.
    pub is_backup_eligible: bool,
    /// `true` if the passkey was backed up at its last use.
    pub is_backed_up: bool,
    /// The owner's name for it.
    pub name: DisplayName,
    /// The time of the registration.
    pub created_at: Timestamp,
    /// The time of the last use.
    pub last_used_at: Option<Timestamp>,
}

impl fmt::Debug for Passkey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Passkey({})", self.id)
    }
}

/// The ways in which clients reach an authenticator (WebAuthn section 5.8.4). They serialize as a
/// JSON array.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Transports(TextList);

impl Transports {
    /// The transports that the standard names.
    pub const NAMES: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

    /// Returns those of the names that the standard has. Later editions may add others.
    #[must_use]
    pub fn of<'t>(names: impl IntoIterator<Item = &'t str>) -> Self {
        let known = names.into_iter().filter(|name| Self::NAMES.contains(name));
        Self(TextList::of(known))
    }

    /// Returns stored transports.
    #[must_use]
    pub const fn from_stored(joined: String) -> Self {
        Self(TextList::from_stored(joined))
    }

    /// Returns the stored form: the names joined by commas.
    #[must_use]
    pub fn joined(&self) -> &str {
        self.0.as_str()
    }

    /// Returns whether the client reported none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_str().is_empty()
    }
}

/// Returns the counter that replaces the stored one, or `None` if the counter went back: another
/// copy of the passkey may exist (WebAuthn section 6.1.1). Synced passkeys do not count, so two
/// zeros are valid.
#[must_use]
pub const fn next_count(stored: u32, presented: u32) -> Option<u32> {
    if (stored == 0 && presented == 0) || presented > stored {
        Some(presented)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_transports_are_dropped() {
        let transports = Transports::of(["internal", "telepathy", "hybrid", "internal", "a,b"]);
        assert_eq!(transports.joined(), "internal,hybrid");
        assert!(Transports::of([]).is_empty());
    }

    #[test]
    fn counters_grow_or_stay_zero() {
        for (stored, presented, next) in [
            (0, 0, Some(0)),
            (0, 1, Some(1)),
            (5, 6, Some(6)),
            (5, 5, None),
            (5, 4, None),
            (5, 0, None),
            (u32::MAX, 0, None),
        ] {
            assert_eq!(next_count(stored, presented), next, "{stored} {presented}");
        }
    }
}
