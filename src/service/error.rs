//! What a use case answers when it does not succeed; it must not know how that is told to a client.

use std::{fmt, time::Duration};

use crate::{
    blocking::Interrupted,
    domain::{invalid::Invalid, rate_limit::Exceeded},
    hash::HashError,
    store::{StoreError, TransactionError, Unique},
};

/// Why a use case did not succeed.
#[derive(Debug)]
pub enum Error {
    /// The user name, the address or both are in use, in that order.
    Taken(Vec<Unique>),
    /// A password that rules on its content refuse.
    PasswordRefused(Invalid),
    /// The key was used for another sign-up, or its password was not given again.
    IdempotencyKeyReused,
    /// No account has this identifier and password together.
    InvalidCredentials,
    /// The right password of an account that an operator has shut.
    AccountDisabled,
    /// The right password of an account whose address has to be verified first.
    EmailNotVerified,
    /// A proof of work is asked for.
    CaptchaRequired,
    /// What was presented is no proof of work, or not any longer.
    CaptchaInvalid,
    /// A link's token that proves nothing, or not any longer.
    TokenInvalid,
    /// A code that proves nothing, or not any longer, or a wrong password with it.
    CodeInvalid,
    /// There is no way to send mail.
    MailNotConfigured,
    /// No living session has this token.
    NotAuthenticated,
    /// No sibling service has this key.
    ServiceKeyInvalid,
    /// The password that confirms a change is not the account's.
    CurrentPasswordWrong,
    /// The caller has no such session.
    SessionNotFound,
    /// No account has this name or address; only operators are told.
    UserNotFound,
    /// A limit is reached; nothing was tried.
    TooMany(Exceeded),
    /// Hashing is busy beyond its deadline, or too many requests wait; nothing was done.
    Overloaded {
        /// When it is worth another try.
        retry_after: Duration,
    },
    /// The database is away; nothing was done.
    Unavailable(StoreError),
    /// A fault of ours.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(taken) => write!(formatter, "in use: {taken:?}"),
            Self::PasswordRefused(reason) => {
                write!(formatter, "password refused: {}", reason.code())
            }
            Self::IdempotencyKeyReused => {
                formatter.write_str("the idempotency key was used for something else")
            }
            Self::InvalidCredentials => {
                formatter.write_str("no account has this identifier and password")
            }
            Self::AccountDisabled => formatter.write_str("the account is disabled"),
            Self::EmailNotVerified => formatter.write_str("the address is not verified"),
            Self::CaptchaRequired => formatter.write_str("a proof of work is asked for"),
            Self::CaptchaInvalid => formatter.write_str("this is no proof of work"),
            Self::TokenInvalid => formatter.write_str("the link's token proves nothing"),
            Self::CodeInvalid => formatter.write_str("the code proves nothing"),
            Self::MailNotConfigured => formatter.write_str("there is no way to send mail"),
            Self::NotAuthenticated => formatter.write_str("no living session has this token"),
            Self::ServiceKeyInvalid => formatter.write_str("no service has this key"),
            Self::CurrentPasswordWrong => formatter.write_str("the current password is wrong"),
            Self::SessionNotFound => formatter.write_str("no such session"),
            Self::UserNotFound => formatter.write_str("no account has this name or address"),
            Self::TooMany(exceeded) => write!(formatter, "too many: {}", exceeded.policy.name),
            Self::Overloaded { .. } => formatter.write_str("too busy"),
            Self::Unavailable(cause) => cause.fmt(formatter),
            Self::Internal(cause) => cause.fmt(formatter),
        }
    }
}

impl std::error::Error for Error {}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(Unique::Random)
            | StoreError::Absent(_)
            | StoreError::Broken(_)
            | StoreError::Corrupt { .. } => Self::Internal(Box::new(error)),
            StoreError::Taken(unique) => Self::Taken(vec![unique]),
            StoreError::Unavailable(_) => Self::Unavailable(error),
        }
    }
}

impl TransactionError for Error {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other error says nothing about the database"
    )]
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Unavailable(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        Self::TooMany(exceeded)
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded { retry_after } => Self::Overloaded { retry_after },
            HashError::Failed => Self::Internal("the hashing engine failed".into()),
        }
    }
}

impl From<Interrupted> for Error {
    fn from(interrupted: Interrupted) -> Self {
        Self::Internal(Box::new(interrupted))
    }
}
