//! The keys that are in use, as this replica last read them from the database.

use std::{
    fmt,
    sync::{Arc, RwLock},
    time::Duration,
};

use crate::{
    domain::{
        credential::sealing_keys::SealingKeys,
        session::{
            access_token::TOKEN_LIFE,
            signing_key::{SigningKey, SigningKeyError, VerifyingKey},
        },
        timestamp::Timestamp,
    },
    store::tables::token_keys::TokenKeyRow,
};

/// The time that a replica uses the keys that it has read.
const RING_AGE: Duration = Duration::from_mins(1);

/// The time that a key stays published after its last token expired, because clocks differ.
const SLACK: Duration = Duration::from_mins(1);

/// A key as other services see it.
#[derive(Clone, Debug)]
pub struct PublishedKey {
    /// The `kid` of its tokens.
    pub id: String,
    /// The x coordinate of the public key, in base64url.
    pub x: String,
    /// The y coordinate of the public key, in base64url.
    pub y: String,
}

/// A cache of the keys.
#[derive(Debug, Default)]
pub(super) struct KeyRing(RwLock<Option<Arc<ActiveKeys>>>);

/// The keys that were in use when they were read.
pub(super) struct ActiveKeys {
    pub(super) signing: SigningKey,
    pub(super) verifying: Vec<VerifyingKey>,
    pub(super) published: Vec<PublishedKey>,
    read_at: Timestamp,
}

impl fmt::Debug for ActiveKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ActiveKeys({:?})", self.signing)
    }
}

impl KeyRing {
    /// Returns the cached keys, unless they are too old.
    pub(super) fn get(&self, now: Timestamp) -> Option<Arc<ActiveKeys>> {
        let keys = self.0.read().ok()?.clone()?;
        let is_fresh = keys.read_at <= now && now < keys.read_at.plus(RING_AGE);
        is_fresh.then_some(keys)
    }

    /// Caches the keys.
    pub(super) fn put(&self, keys: &Arc<ActiveKeys>) {
        if let Ok(mut kept) = self.0.write() {
            *kept = Some(Arc::clone(keys));
        }
    }
}

impl ActiveKeys {
    /// Unseals the rows, which are sorted by age, the youngest first.
    pub(super) fn of(
        kept: &[TokenKeyRow],
        sealing_keys: &SealingKeys,
        now: Timestamp,
    ) -> Result<Self, SigningKeyError> {
        let published: Vec<_> = published(kept, now)
            .map(|key| PublishedKey {
                id: key.id.clone(),
                x: key.x.clone(),
                y: key.y.clone(),
            })
            .collect();
        Ok(Self {
            signing: signing(kept, sealing_keys, now).ok_or(SigningKeyError)?,
            verifying: published
                .iter()
                .map(|key| VerifyingKey::new(&key.id, &key.x, &key.y))
                .collect::<Result<_, _>>()?,
            published,
            read_at: now,
        })
    }
}

/// Returns the key that signs at `now`: the youngest that has begun to sign. If none has begun, it
/// is the first that will, because the clock of the replica that created it may be ahead. A key
/// that another secret sealed is skipped.
pub(super) fn signing(
    kept: &[TokenKeyRow],
    sealing_keys: &SealingKeys,
    now: Timestamp,
) -> Option<SigningKey> {
    let has_begun = |key: &&TokenKeyRow| key.signs_from() <= now;
    let begun = kept.iter().filter(has_begun);
    let coming = kept.iter().rev().filter(|key| !has_begun(key));
    begun.chain(coming).find_map(|key| {
        let unsealed = SigningKey::unsealed(&key.sealed_key, &key.id, sealing_keys);
        if unsealed.is_err() {
            tracing::error!(
                key.id,
                "a signing key was sealed with another DAEMUN_SECRET"
            );
        }
        unsealed.ok()
    })
}

/// Returns the keys, the youngest first, up to the one whose last token has expired: five minutes
/// after the next key began to sign.
pub(super) fn published(
    kept: &[TokenKeyRow],
    now: Timestamp,
) -> impl Iterator<Item = &TokenKeyRow> {
    let mut next_signs_from = None;
    kept.iter().take_while(move |key| {
        let is_needed = next_signs_from
            .is_none_or(|next: Timestamp| now < next.plus(TOKEN_LIFE).plus(RING_AGE).plus(SLACK));
        next_signs_from = Some(key.signs_from());
        is_needed
    })
}
