//! Creates imported accounts, batch by batch.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{
    ImportOutcome, ImportRefusal, ImportedAccount, ImportedPassword,
    check::plain_of_new,
    existing::{ExistingAccounts, username_keys},
};
use crate::{
    domain::{
        account::{user::User, username::Username},
        event::EventContext,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    service::{Error, Service, Unique, accounts::sign_up::new_user},
    store::{
        StoreError, Tx,
        tables::{
            pending_sign_ups,
            users::{self, UniqueKeys},
        },
    },
};

/// The pauses after which a batch is tried again while the database is unavailable, for example
/// because a signup held a lock for too long.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// The accounts of a batch with the hashes of their passwords.
struct HashedBatch {
    accounts: Arc<[ImportedAccount]>,
    /// The hash of each account, or `None` if its password is not to be stored.
    hashes: Vec<Option<String>>,
}

impl Service {
    /// Creates the accounts of a batch in one transaction with their events, except those that
    /// exist already and those whose username, email or external id is taken. Returns the outcome
    /// of each account.
    ///
    /// `unusable` is the hash for accounts without a password. The strength of plain passwords has
    /// to be checked before.
    pub async fn import_accounts(
        &self,
        batch: &Arc<[ImportedAccount]>,
        unusable: &str,
    ) -> Result<Vec<ImportOutcome>, Error> {
        let batch = Arc::new(self.hash_batch(batch, unusable).await?);
        let mut pauses = PAUSES.into_iter();
        loop {
            match self.write_batch(Arc::clone(&batch)).await {
                Err(Error::Unavailable(error)) => match pauses.next() {
                    Some(pause) => sleep(pause).await,
                    None => return Err(Error::Unavailable(error)),
                },
                written => return written,
            }
        }
    }

    async fn hash_batch(
        &self,
        batch: &Arc<[ImportedAccount]>,
        unusable: &str,
    ) -> Result<HashedBatch, Error> {
        let stored = batch.iter().map(|account| match &account.password {
            Some(ImportedPassword::Hash(hash)) => Some(hash.as_str().to_owned()),
            Some(ImportedPassword::Plain(_)) => None,
            None => Some(unusable.to_owned()),
        });
        let mut hashes: Vec<_> = stored.collect();
        // An account that exists costs no hash.
        if hashes.contains(&None) {
            let outcomes = self.compare_import(batch).await?;
            let plain = plain_of_new(batch, &outcomes);
            for (place, hash) in self.hash_passwords(plain).await? {
                if let Some(stored) = hashes.get_mut(place) {
                    *stored = Some(hash);
                }
            }
        }
        Ok(HashedBatch {
            accounts: Arc::clone(batch),
            hashes,
        })
    }

    async fn write_batch(&self, batch: Arc<HashedBatch>) -> Result<Vec<ImportOutcome>, Error> {
        let (policy, now) = (self.policy.clone(), self.clock.now());
        let written = self.database.write(move |tx| -> Result<Vec<_>, Error> {
            let accounts = &*batch.accounts;
            if policy.requires_verification() {
                pending_sign_ups::lock_all_usernames(tx, &username_keys(accounts))?;
            }
            let existing = ExistingAccounts::read(tx, accounts, &policy, now)?;
            let hashed = accounts.iter().zip(&batch.hashes);
            hashed
                .map(|(account, hash)| create(tx, &existing, account, hash.as_deref(), now))
                .collect()
        });
        written.await
    }
}

/// Creates an account with its event unless it exists or one of its unique values is taken.
fn create(
    tx: &mut Tx<'_>,
    existing: &ExistingAccounts,
    account: &ImportedAccount,
    hash: Option<&str>,
    now: Timestamp,
) -> Result<ImportOutcome, Error> {
    let outcome = existing.compare(account);
    if outcome != ImportOutcome::New {
        return Ok(outcome);
    }
    let Some(hash) = hash else {
        // The account existed when the passwords were hashed.
        return Ok(ImportOutcome::Refused(ImportRefusal::ChangedMeanwhile));
    };
    let mut taken = Vec::new();
    for username in account.usernames() {
        if !existing.is_free(username) {
            continue;
        }
        let user = user(account, username, now);
        if insert(tx, account, &user, hash)? {
            let context = EventContext::operator(Some(user.id), now);
            SecurityEvent::UserImported.record(tx, context)?;
            return Ok(ImportOutcome::Created(user.id));
        }
        taken = taken_by_others(tx, &user)?;
        if taken != [Unique::Username] {
            break;
        }
    }
    Ok(ImportOutcome::Refused(if taken.is_empty() {
        ImportRefusal::ChangedMeanwhile
    } else {
        ImportRefusal::Taken(taken)
    }))
}

fn insert(
    tx: &mut Tx<'_>,
    account: &ImportedAccount,
    user: &User,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let is_disabled = account.disabled.unwrap_or_default();
    let row = users::NewUser {
        user,
        password_hash,
    };
    users::insert_if_free(tx, &row, is_disabled)
}

fn user(account: &ImportedAccount, username: &Username, now: Timestamp) -> User {
    User {
        email_verified: account.email_verified.unwrap_or_default(),
        created_at: account.created_at.unwrap_or(now),
        attributes: account.attributes(),
        ..new_user(username.clone(), account.email.clone(), now)
    }
}

/// Returns the values of an account that others took after the batch was compared.
fn taken_by_others(tx: &mut Tx<'_>, user: &User) -> Result<Vec<Unique>, StoreError> {
    let keys = UniqueKeys {
        external_id: user.attributes.external_id.clone(),
        ..UniqueKeys::of(&user.username, &user.email)
    };
    users::taken_keys(tx, &keys, None)
}
