//! The first rows of an account: the account itself, its idempotency key, device and session.

use std::time::Duration;

use crate::{
    domain::{
        account::user::User,
        credential::token::TokenHash,
        session::{SessionRecord, device::NewDevice},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::{
            devices,
            idempotency_keys::{self, IdempotencyKeyUse},
            sessions, users,
        },
    },
};

/// The lifetime of an idempotency key.
const KEY_LIFE: Duration = Duration::from_hours(24);

/// The first rows of an account.
pub(super) struct FirstRows {
    pub(super) user: User,
    pub(super) password_hash: String,
    pub(super) key: Option<IdempotencyKeyUse>,
    pub(super) replaces: Option<TokenHash>,
    pub(super) device: Option<NewDevice>,
    pub(super) session: SessionRecord,
}

impl FirstRows {
    pub(super) fn insert(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        users::insert(
            tx,
            &users::NewUser {
                user: &self.user,
                password_hash: &self.password_hash,
            },
        )?;
        if let Some(key) = &self.key {
            idempotency_keys::delete_expired(tx, &key.key_hash, now)?;
            idempotency_keys::insert(tx, key, self.user.id, now.plus(KEY_LIFE))?;
        }
        if let Some(old) = &self.replaces {
            sessions::delete_by_token(tx, old)?;
        }
        if let Some(device) = &self.device {
            devices::insert(tx, device)?;
        }
        sessions::insert(tx, &self.session)
    }
}
