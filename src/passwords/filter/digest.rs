//! The key of a password in a filter.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// Returns the first 64 bits of a password's SHA-1 digest. The digest protects nothing: the lists
/// of Have I Been Pwned contain only SHA-1 digests, and filters of them are to work as well.
pub(super) fn password_digest(password: &str) -> u64 {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let first = digest.as_ref().first_chunk().copied();
    u64::from_be_bytes(first.unwrap_or_default())
}

/// Returns the first 64 bits of a SHA-1 digest in hexadecimal, which a count may follow after a
/// colon.
pub(super) fn listed_digest(line: &str) -> Option<u64> {
    let digest = line.split(':').next()?;
    let is_digest = digest.len() == 40 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let first = digest.get(..16).filter(|_| is_digest)?;
    u64::from_str_radix(first, 16).ok()
}
