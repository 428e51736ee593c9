//! The header `Idempotency-Key`, which makes a signup safe to retry.

use actix_web::HttpRequest;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    domain::invalid::Invalid,
    http::{extract::free_object::FreeObject, problem::FieldError},
    service::IdempotencyKey,
};

const NAME: &str = "Idempotency-Key";

/// The minimum length of a key: 16 visible ASCII characters do not collide by chance.
const MIN: usize = 16;
const MAX: usize = 255;

/// The digest of the members in which a retry must be equal.
pub type BodyHash = [u8; 32];

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

/// Reads the key of a request, if there is one.
pub fn read(request: &HttpRequest) -> Result<Option<KeyHash>, FieldError> {
    let mut lines = request.headers().get_all(NAME);
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let checked = match lines.next() {
        None => check(line.as_bytes()),
        Some(_second) => Err(Invalid::DuplicateField),
    };
    checked.map_err(|reason| FieldError {
        limit: limit(reason),
        ..FieldError::new(NAME, reason)
    })?;
    Ok(Some(KeyHash(Sha256::digest(line.as_bytes()).into())))
}

/// The digest of a key.
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// Binds the key to the body that came with it.
    pub const fn with_body(self, body_hash: BodyHash) -> IdempotencyKey {
        IdempotencyKey {
            key_hash: self.0,
            body_hash,
        }
    }
}

fn check(key: &[u8]) -> Result<(), Invalid> {
    if key.len() < MIN {
        Err(Invalid::TooShort)
    } else if key.len() > MAX {
        Err(Invalid::TooLong)
    } else if key.iter().all(u8::is_ascii_graphic) {
        Ok(())
    } else {
        Err(Invalid::InvalidCharacters)
    }
}

fn limit(reason: Invalid) -> Option<usize> {
    if reason == Invalid::TooShort {
        Some(MIN)
    } else {
        (reason == Invalid::TooLong).then_some(MAX)
    }
}
