//! The purposes of challenges.

use std::time::Duration;

/// The longest lifetime of a token that a client requests.
pub const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// The lifetime of a token with which the owner of a new account chooses the first password.
pub const FIRST_PASSWORD_LIFE: Duration = Duration::from_hours(7 * 24);

/// The lifetime of a code. With five attempts, a guess succeeds once in 200,000 codes
/// (ASVS 5.0 6.5.5, 6.6.3).
pub const CODE_LIFE: Duration = Duration::from_mins(15);

/// The purpose of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Verifies the email of a pending signup, which becomes an account.
    SignUp,
    /// Verifies the email of an account.
    VerifyEmail,
    /// Verifies the new email of an account.
    ChangeEmail,
    /// Permits a new password.
    ResetPassword,
    /// Logs in.
    LogIn,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [
        Self::SignUp,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ResetPassword,
        Self::LogIn,
    ];

    /// Returns the stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::LogIn => "log_in",
        }
    }

    /// Returns the purpose of a stored name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
    }

    /// Returns whether a new challenge replaces older ones. It does not if the older one may be
    /// another person's, or if two mails may cross.
    #[must_use]
    pub const fn replaces_older(self) -> bool {
        match self {
            Self::SignUp | Self::VerifyEmail => false,
            Self::ChangeEmail | Self::ResetPassword | Self::LogIn => true,
        }
    }

    /// Returns whether its mail has a link beside the code. A login code is typed where the login
    /// began, so that a scanner or a stranger that opens a link cannot log in.
    #[must_use]
    pub const fn has_link(self) -> bool {
        match self {
            Self::SignUp | Self::VerifyEmail | Self::ChangeEmail | Self::ResetPassword => true,
            Self::LogIn => false,
        }
    }

    /// Returns the lifetime of its token. A token that replaces the password is valid for 30
    /// minutes only. Without a token, it is the lifetime of the code.
    #[must_use]
    pub const fn token_life(self) -> Duration {
        match self {
            Self::SignUp | Self::VerifyEmail | Self::ChangeEmail => LONGEST_LIFE,
            Self::ResetPassword => Duration::from_mins(30),
            Self::LogIn => CODE_LIFE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_name_round_trips() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::of(purpose.as_str()), Some(purpose));
        }
        assert_eq!(Purpose::of("unknown"), None);
    }
}
