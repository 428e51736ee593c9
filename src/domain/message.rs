//! The kinds of messages to people, and their lifetimes.

use std::{fmt, time::Duration};

use super::{
    account::ids::{ChallengeId, InvitationId},
    credential::challenge::{FIRST_PASSWORD_LIFE, Purpose},
};

/// The lifetime of a notice, the longest of any message.
pub const NOTICE_LIFE: Duration = Duration::from_hours(72);

/// Declares the kinds from one table: their stored names and their contents.
macro_rules! message_kinds {
    ($($(#[$meaning:meta])+ $kind:ident => $name:literal, $content:expr;)+) => {
        /// The kind of a message. The outbox stores its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MessageKind {
            $($(#[$meaning])+ $kind,)+
        }

        impl MessageKind {
            /// Every kind, in the order of the table.
            pub const ALL: [Self; [$(Self::$kind,)+].len()] = [$(Self::$kind,)+];

            /// Returns the stored name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            const fn content(self) -> ContentKind {
                match self {
                    $(Self::$kind => $content,)+
                }
            }
        }
    };
}

/// The content of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ContentKind {
    /// A code and a link for this purpose.
    Challenge(Purpose),
    /// A report of a change or a login to the owner of an account.
    Notice,
    /// A link or a token to sign up with.
    Invitation,
    /// A reply to the use of an address that has an account.
    Reply,
}

message_kinds! {
    /// A code and a link that complete a signup; refers to the pending signup.
    SignUp => "sign_up", ContentKind::Challenge(Purpose::SignUp);
    /// A notice to the owner that the address was used for a signup or a change of email.
    AccountExists => "account_exists", ContentKind::Reply;
    /// A code and a link that verify an account's address; refers to the challenge.
    VerifyEmail => "verify_email", ContentKind::Challenge(Purpose::VerifyEmail);
    /// A code and a link that verify a new address, sent to it; refers to the challenge.
    ChangeEmail => "change_email", ContentKind::Challenge(Purpose::ChangeEmail);
    /// A code and a link to a new password; refers to the challenge.
    ResetPassword => "reset_password", ContentKind::Challenge(Purpose::ResetPassword);
    /// A code and a link to the first password of a created account; refers to the challenge.
    FirstPassword => "first_password", ContentKind::Challenge(Purpose::ResetPassword);
    /// A code to log in with; refers to the challenge.
    LogIn => "log_in", ContentKind::Challenge(Purpose::LogIn);
    /// The password was changed.
    PasswordChanged => "password_changed", ContentKind::Notice;
    /// A change of email was requested with the password; sent to the old address before the
    /// change.
    EmailChangeRequested => "email_change_requested", ContentKind::Notice;
    /// The email was changed; sent to the old address.
    EmailChanged => "email_changed", ContentKind::Notice;
    /// A login from an unrecognized device.
    NewDevice => "new_device", ContentKind::Notice;
    /// An authenticator app was set up.
    TotpEnabled => "totp_enabled", ContentKind::Notice;
    /// The authenticator app was removed.
    TotpDisabled => "totp_disabled", ContentKind::Notice;
    /// A passkey was registered.
    PasskeyAdded => "passkey_added", ContentKind::Notice;
    /// A passkey was removed.
    PasskeyRemoved => "passkey_removed", ContentKind::Notice;
    /// A passkey was rejected, because its signature counter went back.
    PasskeyCounterWentBack => "passkey_counter_went_back", ContentKind::Notice;
    /// A recovery code was used.
    RecoveryCodeUsed => "recovery_code_used", ContentKind::Notice;
    /// The recovery codes were replaced.
    RecoveryCodesRenewed => "recovery_codes_renewed", ContentKind::Notice;
    /// A client with the password guesses second factors.
    SecondFactorGuessed => "second_factor_guessed", ContentKind::Notice;
    /// An operator, or a reset that was the first proof of the mailbox, removed every factor.
    SecondFactorsReset => "second_factors_reset", ContentKind::Notice;
    /// A link or a token to sign up with; refers to the invitation.
    Invitation => "invitation", ContentKind::Invitation;
}

/// The row that the code, link or token of a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageReference {
    /// A challenge or a pending signup.
    Challenge(ChallengeId),
    /// An invitation.
    Invitation(InvitationId),
}

impl MessageKind {
    /// Returns the kind of a stored name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Returns the purpose of its code and link, if it has them.
    #[must_use]
    pub const fn purpose(self) -> Option<Purpose> {
        match self.content() {
            ContentKind::Challenge(purpose) => Some(purpose),
            ContentKind::Notice | ContentKind::Invitation | ContentKind::Reply => None,
        }
    }

    /// Returns whether it reports a change of factors, which only a client with every factor makes.
    #[must_use]
    pub const fn reports_factors(self) -> bool {
        matches!(
            self,
            Self::TotpEnabled
                | Self::TotpDisabled
                | Self::PasskeyAdded
                | Self::PasskeyRemoved
                | Self::RecoveryCodeUsed
                | Self::RecoveryCodesRenewed
        )
    }

    /// Returns whether it reports a change or a login to the owner of an account.
    #[must_use]
    pub const fn is_notice(self) -> bool {
        matches!(self.content(), ContentKind::Notice)
    }

    /// Returns whether it contains a code, a link or a token, which only its reader may have.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        self.purpose().is_some() || matches!(self, Self::Invitation)
    }

    /// Parses the reference of a message of this kind.
    #[must_use]
    pub fn reference(self, id: &str) -> Option<MessageReference> {
        if self == Self::Invitation {
            InvitationId::parse(id).map(MessageReference::Invitation)
        } else {
            ChallengeId::parse(id).map(MessageReference::Challenge)
        }
    }

    /// Returns the kind that carries a challenge of this purpose.
    #[must_use]
    pub const fn for_purpose(purpose: Purpose) -> Self {
        match purpose {
            Purpose::SignUp => Self::SignUp,
            Purpose::VerifyEmail => Self::VerifyEmail,
            Purpose::ChangeEmail => Self::ChangeEmail,
            Purpose::ResetPassword => Self::ResetPassword,
            Purpose::LogIn => Self::LogIn,
        }
    }

    /// Returns the lifetime of its link, if it has one.
    #[must_use]
    pub const fn link_life(self) -> Option<Duration> {
        match (self, self.purpose()) {
            (Self::FirstPassword, _) => Some(FIRST_PASSWORD_LIFE),
            (_, Some(purpose)) => Some(purpose.token_life()),
            (_, None) => None,
        }
    }

    /// Returns the time for which delivery is attempted: the lifetime of its token, but at most
    /// three days, which is also that of a notice. An invitation may expire earlier.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self.link_life() {
            Some(life) if life.as_secs() < NOTICE_LIFE.as_secs() => life,
            Some(_) | None => NOTICE_LIFE,
        }
    }
}

impl fmt::Display for MessageReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(id) => id.fmt(formatter),
            Self::Invitation(id) => id.fmt(formatter),
        }
    }
}

/// A mail that a client without a session requests by an address. Its name is stored until it is
/// resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailRequestKind {
    /// A code and a link that verify the address.
    Verification,
    /// A code and a link to a new password.
    Reset,
    /// A code to log in with.
    LogIn,
}

impl MailRequestKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Verification, Self::Reset, Self::LogIn];

    /// Returns the stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verification => "verify_email",
            Self::Reset => "reset_password",
            Self::LogIn => "log_in",
        }
    }

    /// Returns the request of a stored name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|request| request.as_str() == name)
    }

    /// Returns the longest time in the queue: the lifetime of the requested mail.
    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::Verification => MessageKind::VerifyEmail.life(),
            Self::Reset => MessageKind::ResetPassword.life(),
            // An account with an unverified address gets the mail of a reset.
            Self::LogIn => MessageKind::LogIn.life(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_mail_lives_as_long_as_its_token() {
        for purpose in Purpose::ALL {
            assert_eq!(MessageKind::for_purpose(purpose).purpose(), Some(purpose));
            assert_eq!(
                MessageKind::for_purpose(purpose).life(),
                purpose.token_life()
            );
        }
    }

    #[test]
    fn notice_has_the_longest_lifetime() {
        assert_eq!(
            MessageKind::ALL.map(MessageKind::life).into_iter().max(),
            Some(NOTICE_LIFE)
        );
    }

    #[test]
    fn stored_name_round_trips() {
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
