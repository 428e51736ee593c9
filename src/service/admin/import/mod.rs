//! Imports accounts of another system, with the hashes of their passwords.

mod check;
mod existing;
mod plain;
mod write;

use crate::{
    domain::{
        account::{
            attributes::Attributes, display_name::DisplayName, email::Email,
            external_id::ExternalId, ids::UserId, roles::Roles, username::Username,
        },
        credential::password::NewPassword,
        invalid::Invalid,
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    service::{Service, Unique},
};

pub use crate::passwords::ImportedHash;

/// An account to be imported. `None` is a value that the other system does not have.
#[derive(Clone, Debug)]
pub struct ImportedAccount {
    /// The username.
    pub username: ImportedUsername,
    /// The email.
    pub email: Email,
    /// `true` if the email needs no verification.
    pub email_verified: Option<bool>,
    /// The password. Without one, the owner resets it.
    pub password: Option<ImportedPassword>,
    /// `true` if the account is disabled.
    pub disabled: Option<bool>,
    /// The time of the signup.
    pub created_at: Option<Timestamp>,
    /// The name to show.
    pub display_name: Option<DisplayName>,
    /// The roles.
    pub roles: Option<Roles>,
    /// The operator's data.
    pub metadata: Option<JsonObject>,
    /// The id in the other system.
    pub external_id: Option<ExternalId>,
}

/// The username of an imported account.
#[derive(Clone, Debug)]
pub enum ImportedUsername {
    /// The one in the other system.
    Given(Username),
    /// The first of these that is free. They are no part of the account's identity.
    FirstFree(Vec<Username>),
}

/// The password of an imported account.
#[derive(Clone, Debug)]
pub enum ImportedPassword {
    /// The hash that the other system stored.
    Hash(ImportedHash),
    /// A password that the rules accept.
    Plain(NewPassword),
}

/// The outcome of one account of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The account does not exist yet. A check returns it.
    New,
    /// The account was created.
    Created(UserId),
    /// The account exists already.
    Existing {
        /// The account.
        id: UserId,
        /// The names of the fields in which the account differs now.
        differs: Vec<&'static str>,
    },
    /// The account cannot be created.
    Refused(ImportRefusal),
}

/// The reason why an account cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportRefusal {
    /// Other accounts have these values.
    Taken(Vec<Unique>),
    /// The password is refused.
    Weak(Invalid),
    /// An account with one of these values was deleted in the same moment. A second run succeeds.
    ChangedMeanwhile,
}

impl ImportedAccount {
    /// Returns the usernames that the account may have, the preferred one first.
    fn usernames(&self) -> &[Username] {
        match &self.username {
            ImportedUsername::Given(username) => std::slice::from_ref(username),
            ImportedUsername::FirstFree(usernames) => usernames,
        }
    }

    fn attributes(&self) -> Attributes {
        Attributes {
            display_name: self.display_name.clone(),
            profile: JsonObject::default(),
            roles: self.roles.clone().unwrap_or_default(),
            metadata: self.metadata.clone().unwrap_or_default(),
            external_id: self.external_id.clone(),
        }
    }
}

impl Service {
    /// Recognizes the password hash of another system, or returns why it cannot be imported.
    pub fn imported_hash(&self, text: &str) -> Result<ImportedHash, Invalid> {
        self.passwords.recognize(text)
    }
}
