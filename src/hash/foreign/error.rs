//! The reasons for which a password hash of another system is refused.

use thiserror::Error;

use super::bounds;

/// A text is no password hash that a login could verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ForeignHashError {
    /// The form is unknown, or the text is damaged.
    #[error("the form of the password hash is unknown, or the hash is damaged")]
    Unknown,
    /// The text is longer than any hash within the bounds.
    #[error("the password hash is longer than {} bytes", bounds::TEXT)]
    TooLong,
    /// The form needs a secret of the other system, and the operator has set none.
    #[error("the form of the password hash needs a setting that is missing")]
    Unconfigured,
    /// The cost of bcrypt is outside its bounds.
    #[error("the cost of bcrypt is not within 4 to 15")]
    BcryptCost,
    /// Argon2 needs more memory than its bound or the gate permits, or less than its lanes need.
    #[error("the memory of Argon2 is above 256 MiB or the gate's memory")]
    Argon2Memory,
    /// The passes of Argon2 are outside their bounds.
    #[error("the passes of Argon2 are not within 1 to 10")]
    Argon2Time,
    /// The lanes of Argon2 are outside their bounds.
    #[error("the lanes of Argon2 are not within 1 to 16")]
    Argon2Lanes,
    /// scrypt needs more memory than its bound or the gate permits.
    #[error("the memory of scrypt is above 128 MiB or the gate's memory")]
    ScryptMemory,
    /// The parallelism of scrypt is outside its bounds.
    #[error("the parallelism of scrypt is not within 1 to 8")]
    ScryptParallelism,
    /// The iterations of PBKDF2 are outside their bounds.
    #[error("the iterations of PBKDF2 are not within 1 to 5000000")]
    Pbkdf2Iterations,
}
