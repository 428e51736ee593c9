//! The attributes of an account apart from its identifiers and credentials.

use super::{display_name::DisplayName, external_id::ExternalId, roles::Roles};
use crate::domain::json_object::JsonObject;

/// The data of an account that its owner or the operator sets and the app interprets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The name to show, set by the owner.
    pub display_name: Option<DisplayName>,
    /// The owner's own data.
    pub profile: JsonObject,
    /// Set by the operator.
    pub roles: Roles,
    /// The operator's data about the account. The owner reads it.
    pub metadata: JsonObject,
    /// Set by the operator.
    pub external_id: Option<ExternalId>,
}

impl Attributes {
    /// Returns the attributes of a new account, as its owner sets them at signup.
    #[must_use]
    pub fn of_owner(display_name: Option<DisplayName>, profile: JsonObject) -> Self {
        Self {
            display_name,
            profile,
            ..Self::default()
        }
    }
}
