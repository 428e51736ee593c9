//! The problem for each error of a use case.

use std::time::Duration;

use super::{FieldError, PresentableFactors, Problem, code::ProblemCode};
use crate::{
    domain::{
        invalid::Invalid,
        session::second_factor::{PendingSecondFactor, SecondFactorMethod},
    },
    service::{Error, FactorError, PasskeyError, Unique},
};

/// The method of a confirmation by an account without a second factor.
const PASSWORD: &str = "password";

impl Problem {
    /// Creates the problem for a failure to set a new password.
    #[must_use]
    pub fn of_new_password(error: Error) -> Self {
        if let Error::PasswordRefused(reason) = error {
            return Self::invalid("new_password", reason);
        }
        Self::from(error)
    }

    fn invalid(field: &'static str, reason: Invalid) -> Self {
        Self::validation(vec![FieldError::new(field, reason)])
    }

    fn taken(taken: &[Unique]) -> Self {
        let mut codes = Vec::new();
        let mut errors = Vec::new();
        for unique in taken {
            match unique {
                Unique::Username => {
                    codes.push(ProblemCode::UsernameTaken);
                    errors.push(FieldError::new("username", Invalid::UsernameTaken));
                }
                Unique::Email => {
                    codes.push(ProblemCode::EmailTaken);
                    errors.push(FieldError::new("email", Invalid::EmailTaken));
                }
                Unique::IdempotencyKey => codes.push(ProblemCode::IdempotencyKeyReused),
                Unique::ExternalId => {
                    codes.push(ProblemCode::ExternalIdTaken);
                    errors.push(FieldError::new("external_id", Invalid::ExternalIdTaken));
                }
                Unique::ServiceKeyName | Unique::Random => codes.push(ProblemCode::Internal),
            }
        }
        let code = codes.first().copied().unwrap_or(ProblemCode::Internal);
        Self {
            errors,
            ..Self::new(code)
        }
    }

    fn second_factor_required(pending: &PendingSecondFactor) -> Self {
        Self {
            second_factor: Some(Box::new(PresentableFactors {
                challenge: Some(pending.challenge.expose().into()),
                methods: pending
                    .methods
                    .iter()
                    .map(|method| method.as_str())
                    .collect(),
            })),
            ..Self::new(ProblemCode::SecondFactorRequired)
        }
    }

    fn confirmation_required(second_factors: Option<Vec<SecondFactorMethod>>) -> Self {
        let methods = second_factors.map_or_else(
            || vec![PASSWORD],
            |methods| methods.iter().map(|method| method.as_str()).collect(),
        );
        Self {
            second_factor: Some(Box::new(PresentableFactors {
                challenge: None,
                methods,
            })),
            ..Self::new(ProblemCode::ConfirmationRequired)
        }
    }

    fn unavailable(cause: &dyn std::error::Error, gave_way: bool) -> Self {
        if gave_way {
            tracing::warn!(%cause, "a transaction gave way to others");
        } else {
            tracing::error!(%cause, "the database is unavailable");
        }
        Self::new(ProblemCode::DatabaseUnavailable)
    }

    fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(%cause, "a request failed with an internal error");
        Self::new(ProblemCode::Internal)
    }

    fn overloaded(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after.as_secs().max(1)),
            ..Self::new(ProblemCode::Overloaded)
        }
    }
}

impl From<PasskeyError> for Problem {
    fn from(refusal: PasskeyError) -> Self {
        Self::new(match refusal {
            // The owner learns from a mail that the counter went back, and the client does not.
            PasskeyError::Invalid | PasskeyError::CounterWentBack(_) => ProblemCode::PasskeyInvalid,
            PasskeyError::LimitReached => ProblemCode::PasskeyLimitReached,
            PasskeyError::AlreadyRegistered => ProblemCode::PasskeyAlreadyRegistered,
            PasskeyError::NotFound => ProblemCode::PasskeyNotFound,
            PasskeyError::NotConfigured => ProblemCode::PasskeysNotConfigured,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Taken(taken) => Self::taken(&taken),
            Error::PasswordRefused(reason) => Self::invalid("password", reason),
            Error::PasswordHashRefused(reason) => Self::invalid("password_hash", reason),
            Error::IdempotencyKeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            Error::InvalidCredentials => Self::new(ProblemCode::InvalidCredentials),
            Error::AccountDisabled => Self::new(ProblemCode::AccountDisabled),
            Error::EmailNotVerified => Self::new(ProblemCode::EmailNotVerified),
            Error::SignUpClosed => Self::new(ProblemCode::SignUpClosed),
            Error::InvitationInvalid => Self::new(ProblemCode::InvitationInvalid),
            Error::InvitationRequired => Self::invalid("invitation", Invalid::Required),
            Error::EmailDomainNotAllowed => Self::invalid("email", Invalid::EmailDomainNotAllowed),
            Error::CaptchaRequired => Self::new(ProblemCode::CaptchaRequired),
            Error::CaptchaInvalid => Self::new(ProblemCode::CaptchaInvalid),
            Error::TokenInvalid => Self::new(ProblemCode::TokenInvalid),
            Error::CodeInvalid => Self::new(ProblemCode::CodeInvalid),
            Error::MailNotConfigured => Self::new(ProblemCode::MailNotConfigured),
            Error::SecondFactorRequired(pending) => Self::second_factor_required(&pending),
            Error::ChallengeExpired => Self::new(ProblemCode::ChallengeExpired),
            Error::NotAuthenticated => Self::new(ProblemCode::NotAuthenticated),
            Error::ServiceKeyInvalid => Self::new(ProblemCode::ServiceKeyInvalid),
            Error::ScopeMissing => Self::new(ProblemCode::ScopeMissing),
            Error::CurrentPasswordWrong => Self::new(ProblemCode::CurrentPasswordWrong),
            Error::ConfirmationRequired(methods) => Self::confirmation_required(methods),
            Error::Factor(error) => Self::new(factor_code(error)),
            Error::CursorInvalid => Self::new(ProblemCode::CursorInvalid),
            Error::SessionNotFound => Self::new(ProblemCode::SessionNotFound),
            Error::DeviceNotFound => Self::new(ProblemCode::DeviceNotFound),
            Error::Passkey(refusal) => Self::from(refusal),
            Error::UserNotFound => Self::new(ProblemCode::UserNotFound),
            Error::TooMany(exceeded) => Self::too_many(exceeded),
            Error::Overloaded { retry_after } => Self::overloaded(retry_after),
            Error::Unavailable(cause) => Self::unavailable(&cause, cause.is_conflict()),
            Error::Internal(cause) => Self::internal(&*cause),
        }
    }
}

const fn factor_code(error: FactorError) -> ProblemCode {
    match error {
        FactorError::TotpAlreadyEnabled => ProblemCode::TotpAlreadyEnabled,
        FactorError::TotpNotStarted => ProblemCode::TotpNotStarted,
        FactorError::NotSetUp => ProblemCode::SecondFactorNotSetUp,
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "could not render a page");
        Self::new(ProblemCode::Internal)
    }
}
