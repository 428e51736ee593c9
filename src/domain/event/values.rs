//! The values that some events have of their own.

/// The way in which a client logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInMethod {
    /// The password.
    Password,
    /// A passkey that verifies its user.
    Passkey,
    /// A mailed code in place of the password.
    EmailCode,
    /// A verification or a password reset by mail, which opens a session.
    Mailbox,
    /// A second factor after another proof.
    SecondFactor,
}

/// The fields of an account that were updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdatedFields {
    /// The display name, the profile or both.
    Profile,
    /// The roles.
    Roles,
    /// The metadata.
    Metadata,
    /// The email, which an operator marked as not verified.
    Verification,
    /// The external id.
    ExternalId,
    /// The counted failures, which an operator cleared.
    Failures,
}

impl LogInMethod {
    /// Returns the name for events and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::EmailCode => "email_code",
            Self::Mailbox => "mailbox",
            Self::SecondFactor => "second_factor",
        }
    }
}

impl UpdatedFields {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Roles => "roles",
            Self::Metadata => "metadata",
            Self::Verification => "email_verified",
            Self::ExternalId => "external_id",
            Self::Failures => "failures",
        }
    }
}
