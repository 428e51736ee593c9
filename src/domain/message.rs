//! Messages to people: which kinds there are and how long each is worth sending; it must not know their words, nor how they leave.

use std::time::Duration;

use super::credential::challenge::Purpose;

/// How long a notice is worth sending, and no message longer.
pub const NOTICE_LIFE: Duration = Duration::from_hours(72);

/// What a message is for. The name of a kind is kept in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
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
    /// The password was changed.
    PasswordChanged,
    /// Somebody with the password asked to change the address; sent to the old one, and nothing is changed yet.
    EmailChangeRequested,
    /// The address was changed; sent to the old one.
    EmailChanged,
    /// A log-in from a device that the account was not used from before.
    NewDevice,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::SignUp,
        Self::AccountExists,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ResetPassword,
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
            | Self::PasswordChanged
            | Self::EmailChangeRequested
            | Self::EmailChanged
            | Self::NewDevice => None,
        }
    }

    /// What asks somebody to prove this.
    #[must_use]
    pub const fn for_purpose(purpose: Purpose) -> Self {
        match purpose {
            Purpose::SignUp => Self::SignUp,
            Purpose::VerifyEmail => Self::VerifyEmail,
            Purpose::ChangeEmail => Self::ChangeEmail,
            Purpose::ResetPassword => Self::ResetPassword,
        }
    }

    /// How long it is tried to be sent: as long as its token is good, a notice for three days.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::SignUp => Purpose::SignUp.token_life(),
            Self::VerifyEmail => Purpose::VerifyEmail.token_life(),
            Self::ChangeEmail => Purpose::ChangeEmail.token_life(),
            Self::ResetPassword => Purpose::ResetPassword.token_life(),
            Self::AccountExists
            | Self::PasswordChanged
            | Self::EmailChangeRequested
            | Self::EmailChanged
            | Self::NewDevice => NOTICE_LIFE,
        }
    }
}

/// A mail that a client without a session requests by an address alone. The name of a request is kept until it is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailRequestKind {
    /// A code and a link that verify the address.
    Verification,
    /// A code and a link to a new password.
    Reset,
}

impl MailRequestKind {
    /// Every request.
    pub const ALL: [Self; 2] = [Self::Verification, Self::Reset];

    /// The name that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verification => "verify_email",
            Self::Reset => "reset_password",
        }
    }

    /// The request of a kept name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|request| request.as_str() == name)
    }

    /// How long it waits at most: as long as the mail that it requests is worth sending.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::Verification => MessageKind::VerifyEmail.life(),
            Self::Reset => MessageKind::ResetPassword.life(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_a_proof_is_sent_as_long_as_the_proof_is_good() {
        for purpose in Purpose::ALL {
            assert_eq!(MessageKind::for_purpose(purpose).purpose(), Some(purpose));
            assert_eq!(
                MessageKind::for_purpose(purpose).life(),
                purpose.token_life()
            );
        }
    }

    #[test]
    fn nothing_is_worth_sending_for_longer_than_a_notice() {
        assert_eq!(
            MessageKind::ALL.map(MessageKind::life).into_iter().max(),
            Some(NOTICE_LIFE)
        );
    }

    #[test]
    fn a_kept_name_finds_its_kind_again() {
        for kind in MessageKind::ALL {
            assert_eq!(MessageKind::of(kind.as_str()), Some(kind));
        }
        assert_eq!(MessageKind::of("unknown"), None);
        for request in MailRequestKind::ALL {
            assert_eq!(MailRequestKind::of(request.as_str()), Some(request));
        }
        assert_eq!(MailRequestKind::of("unknown"), None);
    }
}
