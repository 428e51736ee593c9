//! The header `Idempotency-Key`, which makes a request safe to retry.

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};

use crate::{
    domain::invalid::Invalid,
    http::problem::{FieldError, Problem, code::ProblemCode},
    service::IdempotencyKey,
};

const NAME: &str = "Idempotency-Key";

/// The minimum length of a key: 16 visible ASCII characters do not collide by chance.
const MIN: usize = 16;
const MAX: usize = 255;

/// The digest of the members in which a retry must be equal.
pub type BodyHash = [u8; 32];

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

/// Reads the key beside a body. Where both are rejected, the problem lists the fields of both.
pub fn read_beside<B>(
    request: &HttpRequest,
    body: Result<B, Problem>,
) -> Result<(B, Option<KeyHash>), Problem> {
    match (body, read(request)) {
        (Ok(body), Ok(key)) => Ok((body, key)),
        (Ok(_), Err(rejected)) => Err(Problem::validation(vec![rejected])),
        (Err(mut problem), Err(rejected)) if problem.code == ProblemCode::ValidationFailed => {
            problem.errors.push(rejected);
            Err(problem)
        }
        (Err(problem), _) => Err(problem),
    }
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

    /// Returns the key as one of a service, which no other client shares.
    pub fn of_service(self, name: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"service key ").chain_update(name);
        Self(
            digest
                .chain_update(b" ")
                .chain_update(self.0)
                .finalize()
                .into(),
        )
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
