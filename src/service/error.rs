//! The errors of the use cases. How a client sees them is decided in `http`.

use std::time::Duration;

use crate::{
    domain::{
        account::ids::UserId,
        invalid::Invalid,
        rate_limit::Exceeded,
        session::second_factor::{PendingSecondFactor, SecondFactorMethod},
    },
    passwords,
    store::{StoreError, TransactionError, Unique},
    throttle, tokens,
};

/// A use case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The username, the email or both are in use, in that order.
    #[error("in use: {0:?}")]
    Taken(Vec<Unique>),
    /// The content of a new password is refused.
    #[error("password refused: {}", .0.code())]
    PasswordRefused(Invalid),
    /// The form of a password hash is unknown, or its cost is beyond the bounds.
    #[error("password hash refused: {}", .0.code())]
    PasswordHashRefused(Invalid),
    /// The idempotency key was used for another signup, or the password differs from the first one.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// No account has this identifier and this password.
    #[error("no account has this identifier and password")]
    InvalidCredentials,
    /// The password is right, but an operator disabled the account.
    #[error("the account is disabled")]
    AccountDisabled,
    /// The password is right, but the email has to be verified first.
    #[error("the email is not verified")]
    EmailNotVerified,
    /// The operator accepts no signups.
    #[error("signup is closed")]
    SignUpClosed,
    /// The invitation is unknown, expired, revoked, used or for another address.
    #[error("the invitation is not valid")]
    InvitationInvalid,
    /// Only invited clients may sign up, and the signup has no invitation.
    #[error("an invitation is required")]
    InvitationRequired,
    /// The operator accepts no addresses of this domain.
    #[error("the domain of the email is not allowed")]
    EmailDomainNotAllowed,
    /// A proof of work is required.
    #[error("a proof of work is required")]
    CaptchaRequired,
    /// The proof of work is wrong, expired or used.
    #[error("the proof of work is not valid")]
    CaptchaInvalid,
    /// The token of a link is wrong, expired or used.
    #[error("the token of the link is not valid")]
    TokenInvalid,
    /// The code is wrong, expired or used, or the password beside it is wrong.
    #[error("the code is not valid")]
    CodeInvalid,
    /// Mail is not configured.
    #[error("mail is not configured")]
    MailNotConfigured,
    /// The first factor is right, and the client has to present a second one.
    #[error("a second factor is required")]
    SecondFactorRequired(PendingSecondFactor),
    /// The challenge of a second factor is unknown, expired, used, or out of tries.
    #[error("the challenge of the second factor is not valid")]
    ChallengeExpired,
    /// No valid session has this token.
    #[error("no valid session has this token")]
    NotAuthenticated,
    /// No service has this key.
    #[error("no service has this key")]
    ServiceKeyInvalid,
    /// The key of the service does not have the scope.
    #[error("the service key does not have the scope")]
    ScopeMissing,
    /// The password of a re-authentication is wrong.
    #[error("the current password is wrong")]
    CurrentPasswordWrong,
    /// The owner has to present every factor again: the password, and one of these second factors
    /// if one is set up.
    #[error("the session is not confirmed")]
    ConfirmationRequired(Option<Vec<SecondFactorMethod>>),
    /// The cursor of a list is of another list, or expired.
    #[error("the cursor is not valid")]
    CursorInvalid,
    /// The caller has no such session.
    #[error("no such session")]
    SessionNotFound,
    /// The second factors of the account do not permit the change.
    #[error(transparent)]
    Factor(FactorError),
    /// The caller has no such device.
    #[error("no such device")]
    DeviceNotFound,
    /// A passkey was refused.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// No account has this username, email or id. Only administrators see it.
    #[error("no account has this username or email")]
    UserNotFound,
    /// A rate limit is reached; nothing was tried.
    #[error("rate limit reached: {}", .0.policy.name)]
    TooMany(Exceeded),
    /// Hashing is overloaded, or too many requests wait; nothing was done.
    #[error("overloaded")]
    Overloaded {
        /// When to send the request again.
        retry_after: Duration,
    },
    /// The database is unavailable; nothing was done.
    #[error(transparent)]
    Unavailable(StoreError),
    /// A fault of the service.
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// The second factors of an account do not permit a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// The account has an authenticator app.
    #[error("an authenticator app is set up already")]
    TotpAlreadyEnabled,
    /// The session began no set-up of an authenticator app, or too long ago.
    #[error("no set-up of an authenticator app is pending")]
    TotpNotStarted,
    /// The account has no second factor.
    #[error("no second factor is set up")]
    NotSetUp,
}

/// A passkey was refused.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The response of an authenticator is not valid, or its ceremony is expired or used.
    #[error("the response of the authenticator is not valid")]
    Invalid,
    /// The signature counter of a passkey of this account went back.
    #[error("the signature counter of a passkey went back")]
    CounterWentBack(UserId),
    /// The account has the most passkeys that it may have.
    #[error("too many passkeys")]
    LimitReached,
    /// The passkey is registered already.
    #[error("the passkey is registered already")]
    AlreadyRegistered,
    /// The account has no such passkey.
    #[error("no such passkey")]
    NotFound,
    /// No domain is configured that passkeys could belong to.
    #[error("passkeys are not configured")]
    NotConfigured,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(Unique::Random)
            | StoreError::Absent(_)
            | StoreError::Outdated { .. }
            | StoreError::Broken(_)
            | StoreError::Interrupted
            | StoreError::Corrupt { .. } => Self::Internal(Box::new(error)),
            StoreError::Taken(unique) => Self::Taken(vec![unique]),
            StoreError::Unavailable(_) => Self::Unavailable(error),
        }
    }
}

impl From<throttle::Error> for Error {
    fn from(error: throttle::Error) -> Self {
        match error {
            throttle::Error::TooMany(exceeded) => Self::TooMany(exceeded),
            throttle::Error::CaptchaRequired => Self::CaptchaRequired,
            throttle::Error::CaptchaInvalid => Self::CaptchaInvalid,
            throttle::Error::Overloaded { retry_after } => Self::Overloaded { retry_after },
            throttle::Error::Challenge(_) => Self::Internal(Box::new(error)),
            throttle::Error::Store(error) => error.into(),
        }
    }
}

impl From<passwords::Error> for Error {
    fn from(error: passwords::Error) -> Self {
        match error {
            passwords::Error::Weak(reason) => Self::PasswordRefused(reason),
            passwords::Error::Overloaded { retry_after } => Self::Overloaded { retry_after },
            passwords::Error::Failed | passwords::Error::Interrupted(_) => {
                Self::Internal(Box::new(error))
            }
        }
    }
}

impl From<tokens::Error> for Error {
    fn from(error: tokens::Error) -> Self {
        match error {
            tokens::Error::Key(_) => Self::Internal(Box::new(error)),
            tokens::Error::Store(error) => error.into(),
        }
    }
}

impl TransactionError for Error {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "no other variant is a failure of the store"
    )]
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Unavailable(error) => Some(error),
            Self::Internal(cause) => cause.downcast_ref(),
            _ => None,
        }
    }
}
