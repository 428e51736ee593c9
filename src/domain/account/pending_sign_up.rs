//! Signups whose email is not verified yet.

use super::{email::Email, ids::ChallengeId, username::Username};

/// A signup that becomes an account once its email is verified and its password is given again.
pub struct PendingSignUp {
    /// The id from which the token and the code are derived.
    pub id: ChallengeId,
    /// The username, which is reserved meanwhile.
    pub username: Username,
    /// The email to verify.
    pub email: Email,
    /// The stored form of the password.
    pub password_hash: String,
}
