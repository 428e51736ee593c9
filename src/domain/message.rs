//! Messages to people: which kinds there are and how long each is worth sending; it must not know their words, nor how they leave.

use std::time::Duration;

use super::challenge::Purpose;

/// What a message is for. The name of a kind is kept in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A code and a link that finish a sign-up; refers to the sign-up that waits.
    SignUp,
    /// Somebody signed up with, or wanted to change to, the address of an account; tells its owner that he has one.
    AccountExists,
    /// A code and a link that verify an account's address; refers to the challenge.
    VerifyEmail,
    /// A code and a link that confirm a new address, sent to that; refers to the challenge.
    ChangeEmail,
    /// A code and a link to a new password; refers to the challenge.
    ResetPassword,
    /// Somebody asked for a mail to this address that verifies it; whether there is anything to verify is looked up later.
    VerificationRequested,
    /// Somebody forgot the password of the account with this address; whether there is one is looked up later.
    ResetRequested,
    /// The password was changed.
    PasswordChanged,
    /// Somebody with the password asked to change the address; sent to the old one, and nothing is changed yet.
    EmailChangeRequested,
    /// The address was changed; sent to the old one.
    EmailChanged,
    /// A log-in from a device that the account was not used from before.
    NewDevice,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::SignUp,
        Self::AccountExists,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ResetPassword,
        Self::VerificationRequested,
        Self::ResetRequested,
        Self::PasswordChanged,
        Self::EmailChangeRequested,
        Self::EmailChanged,
        Self::NewDevice,
    ];

    /// The name that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::AccountExists => "account_exists",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::VerificationRequested => "verification_requested",
            Self::ResetRequested => "reset_requested",
            Self::PasswordChanged => "password_changed",
            Self::EmailChangeRequested => "email_change_requested",
            Self::EmailChanged => "email_changed",
            Self::NewDevice => "new_device",
        }
    }

    /// The kind of a kept name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What its code and link prove, where it has them.
    #[must_use]
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::SignUp => Some(Purpose::SignUp),
            Self::VerifyEmail => Some(Purpose::VerifyEmail),
            Self::ChangeEmail => Some(Purpose::ChangeEmail),
            Self::ResetPassword => Some(Purpose::ResetPassword),
            Self::AccountExists
            | Self::VerificationRequested
            | Self::ResetRequested
            | Self::PasswordChanged
            | Self::EmailChangeRequested
            | Self::EmailChanged
            | Self::NewDevice => None,
        }
    }

    /// How long it is tried to be sent: as long as its token is good, a notice for three days.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self.purpose() {
            Some(purpose) => purpose.token_life(),
            None => Duration::from_hours(72),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_name_finds_its_kind_again() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::of("unknown"), None);
    }
}
