//! Finds the accounts that are equal to imported ones, and those that have their unique values.

use std::collections::{HashMap, HashSet};

use super::{ImportOutcome, ImportRefusal, ImportedAccount, ImportedPassword, ImportedUsername};
use crate::{
    domain::{
        account::{
            user::Credentials,
            username::{Username, UsernameKey},
        },
        timestamp::Timestamp,
    },
    service::{Policy, Unique},
    store::{
        StoreError, Tx,
        tables::{
            pending_sign_ups,
            users::{self, ListedKeys},
        },
    },
};

/// The accounts and pending signups that have a unique value of a batch.
pub(super) struct ExistingAccounts {
    accounts: Vec<Credentials>,
    by_username: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    by_external_id: HashMap<String, usize>,
    reserved: HashSet<String>,
}

impl ExistingAccounts {
    /// Reads the accounts of a batch.
    pub(super) fn read(
        tx: &mut Tx<'_>,
        batch: &[ImportedAccount],
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let usernames = username_keys(batch);
        let reserved = if policy.requires_verification() {
            pending_sign_ups::reserved_usernames(tx, &usernames, now)?
        } else {
            HashSet::new()
        };
        let external_ids = batch.iter().filter_map(|one| one.external_id.as_ref());
        let keys = ListedKeys {
            usernames,
            emails: batch.iter().map(|one| one.email.key()).collect(),
            external_ids: external_ids.collect(),
        };
        let accounts = users::list_by_keys(tx, &keys)?;
        let mut existing = Self {
            accounts: Vec::new(),
            by_username: HashMap::new(),
            by_email: HashMap::new(),
            by_external_id: HashMap::new(),
            reserved,
        };
        for account in accounts {
            existing.add(account);
        }
        Ok(existing)
    }

    fn add(&mut self, account: Credentials) {
        let (user, place) = (&account.user, self.accounts.len());
        let username = user.username.key().as_str().to_owned();
        self.by_username.insert(username, place);
        let email = user.email.key().as_str().to_owned();
        self.by_email.insert(email, place);
        if let Some(id) = &user.attributes.external_id {
            self.by_external_id.insert(id.as_str().to_owned(), place);
        }
        self.accounts.push(account);
    }

    /// Compares an imported account with the existing ones.
    pub(super) fn compare(&self, new: &ImportedAccount) -> ImportOutcome {
        let owner = self.by_email.get(new.email.key().as_str());
        let owner = owner.and_then(|place| self.accounts.get(*place));
        if let Some(owner) = owner.filter(|owner| is_same(new, owner)) {
            return ImportOutcome::Existing {
                id: owner.user.id,
                differs: differences(new, owner),
            };
        }
        let taken = self.taken(new, owner.is_some());
        if taken.is_empty() {
            ImportOutcome::New
        } else {
            ImportOutcome::Refused(ImportRefusal::Taken(taken))
        }
    }

    fn taken(&self, new: &ImportedAccount, is_email_taken: bool) -> Vec<Unique> {
        let external_id = new.external_id.as_ref();
        let is_id_taken =
            external_id.is_some_and(|id| self.by_external_id.contains_key(id.as_str()));
        let is_username_taken = new.usernames().iter().all(|one| !self.is_free(one));
        [
            (Unique::Username, is_username_taken),
            (Unique::Email, is_email_taken),
            (Unique::ExternalId, is_id_taken),
        ]
        .into_iter()
        .filter_map(|(unique, is_taken)| is_taken.then_some(unique))
        .collect()
    }

    /// Returns whether no account of the batch's read and no pending signup has a username.
    pub(super) fn is_free(&self, username: &Username) -> bool {
        let key = username.key().as_str();
        !self.by_username.contains_key(key) && !self.reserved.contains(key)
    }
}

/// Returns the keys of all usernames that the accounts of a batch may have.
pub(super) fn username_keys(batch: &[ImportedAccount]) -> Vec<&UsernameKey> {
    let usernames = batch.iter().flat_map(ImportedAccount::usernames);
    usernames.map(Username::key).collect()
}

/// Returns whether an account with the same email is the imported one: its identifiers and the time
/// of its signup are equal where they are given.
fn is_same(new: &ImportedAccount, owner: &Credentials) -> bool {
    let user = &owner.user;
    let is_same_username = match &new.username {
        ImportedUsername::Given(username) => username.key() == user.username.key(),
        ImportedUsername::FirstFree(_) => true,
    };
    let external_id = user.attributes.external_id.as_ref();
    let is_same_id = new.external_id.is_none() || new.external_id.as_ref() == external_id;
    let is_same_time = new.created_at.is_none_or(|time| time == user.created_at);
    is_same_username && is_same_id && is_same_time
}

/// Returns the names of the given fields that differ from those of the account.
fn differences(new: &ImportedAccount, owner: &Credentials) -> Vec<&'static str> {
    let (user, attributes) = (&owner.user, &owner.user.attributes);
    let is_verified = new.email_verified;
    let is_other_hash = match &new.password {
        Some(ImportedPassword::Hash(hash)) => hash.as_str() != owner.password_hash,
        Some(ImportedPassword::Plain(_)) | None => false,
    };
    let name = new.display_name.as_ref();
    let roles = new.roles.as_ref();
    let metadata = new.metadata.as_ref();
    [
        (
            "email_verified",
            is_verified.is_some_and(|is_verified| is_verified != user.email_verified),
        ),
        ("password_hash", is_other_hash),
        (
            "disabled",
            new.disabled
                .is_some_and(|disabled| disabled != owner.disabled),
        ),
        (
            "display_name",
            name.is_some() && name != attributes.display_name.as_ref(),
        ),
        (
            "roles",
            roles.is_some_and(|roles| *roles != attributes.roles),
        ),
        (
            "metadata",
            metadata.is_some_and(|metadata| *metadata != attributes.metadata),
        ),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}
