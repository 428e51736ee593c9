//! The digest of the members in which a retry of a signup must be equal.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::http::extract::{free_object::FreeObject, idempotency_key::BodyHash};

/// The members that the body of an earlier release does not have.
#[derive(Serialize)]
pub struct AddedMembers<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<&'a FreeObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
}

/// Returns the digest of the members in which a retry must be equal. The digest of a body without
/// any of the `added` members is that of an earlier release, so that a retry may reach either.
pub fn body_hash(first: &impl Serialize, added: &AddedMembers<'_>) -> BodyHash {
    let [first, added] =
        [serde_json::to_vec(first), serde_json::to_vec(added)].map(Result::unwrap_or_default);
    let mut digest = Sha256::new_with_prefix(first);
    if added != b"{}" {
        digest.update(added);
    }
    digest.finalize().into()
}
