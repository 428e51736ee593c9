//! The bounds of hashes of other systems: one login must not occupy the machine.

use std::ops::RangeInclusive;

/// The longest text in bytes: salt and hash of 64 bytes each in hexadecimal, and the parameters.
pub const TEXT: usize = 512;

/// Bytes of a salt. Some systems use the text of the salt as it stands.
pub(super) const SALT: RangeInclusive<usize> = 1..=64;

/// Bytes of a derived hash. A shorter one would match too many passwords.
pub(super) const HASH: RangeInclusive<usize> = 16..=64;

/// The memory of Argon2 in KiB: 256 MiB. OWASP recommends 19 MiB, Django uses 100 MiB.
pub(super) const ARGON2_KIB: u32 = 256 * 1024;

/// The passes of Argon2.
pub(super) const ARGON2_PASSES: RangeInclusive<u32> = 1..=10;

/// The lanes of Argon2. They are computed one after another.
pub(super) const ARGON2_LANES: RangeInclusive<u32> = 1..=16;

/// The memory of scrypt's table in bytes, N · r · 128: 128 MiB.
pub(super) const SCRYPT_BYTES: u64 = 128 * 1024 * 1024;

/// The block size r of scrypt. Without this bound, p blocks could be larger than the table.
pub(super) const SCRYPT_BLOCK: RangeInclusive<u32> = 1..=1024;

/// The parallelism p of scrypt.
pub(super) const SCRYPT_PARALLELISM: RangeInclusive<u32> = 1..=8;

/// The iterations of PBKDF2. OWASP recommends 600,000 with SHA-256.
pub(super) const PBKDF2_ITERATIONS: RangeInclusive<u32> = 1..=5_000_000;
