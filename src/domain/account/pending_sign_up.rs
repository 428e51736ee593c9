//! Signups whose email is not verified yet.

use super::{
    display_name::DisplayName,
    email::Email,
    ids::{ChallengeId, InvitationId},
    username::Username,
};
use crate::domain::json_object::JsonObject;

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
    /// The name to show.
    pub display_name: Option<DisplayName>,
    /// The owner's own data.
    pub profile: JsonObject,
    /// The invitation of which the signup reserves a use.
    pub invitation: Option<InvitationId>,
}
