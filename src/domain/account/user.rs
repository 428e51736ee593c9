//! Accounts and their credentials.

use super::{attributes::Attributes, email::Email, ids::UserId, username::Username};
use crate::domain::timestamp::Timestamp;

/// An account as its owner sees it.
#[derive(Clone, Debug)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// As written, case kept.
    pub username: Username,
    /// As written.
    pub email: Email,
    /// Set once the owner has verified the email.
    pub email_verified: bool,
    /// The time of the signup.
    pub created_at: Timestamp,
    /// The data that the owner or the operator sets.
    pub attributes: Attributes,
}

/// An account with the values that a login is checked against.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The stored form of the password.
    pub password_hash: String,
    /// The number of times that the owner or an operator replaced the password. Rehashing the same
    /// password does not change it.
    pub password_version: i64,
    /// Set while an operator has disabled the account.
    pub disabled: bool,
}
