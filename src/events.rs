//! Security events: one type for everything that happens to an account, an attempt or a session.

use tracing::field::display;

use crate::domain::account::ids::{SessionId, UserId};

/// A security event. The log is its first sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityEvent {
    /// An account was created. Its first session is opened at once unless the email had to be
    /// verified first.
    UserSignedUp {
        user: UserId,
        session: Option<SessionId>,
    },
    /// A signup waits until its email is verified.
    SignUpPending,
    /// The owner changed the username.
    UserRenamed { user: UserId },
    /// The owner changed the display name or the profile.
    UserUpdated { user: UserId },
    /// The owner deleted the account.
    UserDeleted { user: UserId },
    /// A login opened a session.
    LoginSucceeded { user: UserId, session: SessionId },
    /// The identifier or the password was wrong.
    LoginFailed { user: Option<UserId> },
    /// The password of a disabled account was right.
    LoginDisabled { user: UserId },
    /// The password was right, but the email has to be verified first.
    LoginUnverified { user: Option<UserId> },
    /// A rate limit refused an attempt before a password or code was checked.
    LoginThrottled {
        user: Option<UserId>,
        limit: &'static str,
    },
    /// A session was revoked by its owner.
    SessionRevoked { user: UserId, session: SessionId },
    /// The other sessions of an account were revoked by its owner.
    OtherSessionsRevoked { user: UserId, sessions: usize },
    /// The owner changed the password.
    PasswordChanged { user: UserId },
    /// The password was reset by email.
    PasswordReset { user: UserId },
    /// A re-authentication with a wrong password.
    PasswordWrong { user: UserId, session: SessionId },
    /// A change of email was requested.
    EmailChangeRequested { user: UserId },
    /// A requested change of email was completed.
    EmailChanged { user: UserId },
    /// The email of an account was verified.
    EmailVerified { user: UserId },
    /// An account was created with an invitation.
    InvitationUsed { user: UserId },
    /// A code, a link, the password beside it or an invitation was wrong or expired.
    ProofRefused,
    /// A rate limit refused a change of email or username.
    ChangeThrottled { user: UserId, limit: &'static str },
}

impl SecurityEvent {
    /// Writes the event to the log, with the client IP of the request that caused it.
    pub fn record(self, client_ip: &str) {
        let (event, message) = (self.name(), self.message());
        let user = self.user().map(display);
        let session = self.session().map(display);
        if let Some(limit) = self.limit() {
            tracing::warn!(event, user.id = user, client.ip = %client_ip, limit, "{message}");
        } else if self.is_warning() {
            tracing::warn!(event, user.id = user, session.id = session, client.ip = %client_ip, "{message}");
        } else {
            let sessions = self.revoked_sessions();
            tracing::info!(event, user.id = user, session.id = session, sessions, client.ip = %client_ip, "{message}");
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::UserSignedUp { .. } => "user.signed_up",
            Self::SignUpPending => "user.sign_up_waits",
            Self::UserRenamed { .. } => "user.renamed",
            Self::UserUpdated { .. } => "user.updated",
            Self::UserDeleted { .. } => "user.deleted",
            Self::LoginSucceeded { .. } => "login.succeeded",
            Self::LoginFailed { .. } => "login.failed",
            Self::LoginDisabled { .. } => "login.disabled",
            Self::LoginUnverified { .. } => "login.unverified",
            Self::LoginThrottled { .. } => "login.throttled",
            Self::SessionRevoked { .. } => "session.ended",
            Self::OtherSessionsRevoked { .. } => "session.others_ended",
            Self::PasswordChanged { .. } => "password.changed",
            Self::PasswordReset { .. } => "password.reset",
            Self::PasswordWrong { .. } => "password.wrong",
            Self::EmailChangeRequested { .. } => "email.change_requested",
            Self::EmailChanged { .. } => "email.changed",
            Self::EmailVerified { .. } => "email.verified",
            Self::InvitationUsed { .. } => "invitation.used",
            Self::ProofRefused => "proof.refused",
            Self::ChangeThrottled { .. } => "change.throttled",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::UserSignedUp { .. } => "account created",
            Self::SignUpPending => "signup waits for its email to be verified",
            Self::UserRenamed { .. } => "username changed",
            Self::UserUpdated { .. } => "display name or profile changed",
            Self::UserDeleted { .. } => "account deleted by its owner",
            Self::LoginSucceeded { .. } => "login succeeded",
            Self::LoginFailed { .. } => "login failed",
            Self::LoginDisabled { .. } => "login to a disabled account refused",
            Self::LoginUnverified { .. } => "login refused: email not verified",
            Self::LoginThrottled { .. } => "attempt rate-limited; password or code not checked",
            Self::SessionRevoked { .. } => "session revoked",
            Self::OtherSessionsRevoked { .. } => "other sessions revoked",
            Self::PasswordChanged { .. } => "password changed",
            Self::PasswordReset { .. } => "password reset",
            Self::PasswordWrong { .. } => "re-authentication failed: wrong password",
            Self::EmailChangeRequested { .. } => "change of email requested",
            Self::EmailChanged { .. } => "email changed",
            Self::EmailVerified { .. } => "email verified",
            Self::InvitationUsed { .. } => "invitation used by a signup",
            Self::ProofRefused => "code, link, its password or an invitation refused",
            Self::ChangeThrottled { .. } => "change of email or username rate-limited",
        }
    }

    const fn user(self) -> Option<UserId> {
        match self {
            Self::UserSignedUp { user, .. }
            | Self::UserRenamed { user }
            | Self::UserUpdated { user }
            | Self::UserDeleted { user }
            | Self::LoginSucceeded { user, .. }
            | Self::LoginDisabled { user }
            | Self::SessionRevoked { user, .. }
            | Self::OtherSessionsRevoked { user, .. }
            | Self::PasswordChanged { user }
            | Self::PasswordReset { user }
            | Self::PasswordWrong { user, .. }
            | Self::EmailChangeRequested { user }
            | Self::EmailChanged { user }
            | Self::EmailVerified { user }
            | Self::InvitationUsed { user }
            | Self::ChangeThrottled { user, .. } => Some(user),
            Self::LoginFailed { user }
            | Self::LoginUnverified { user }
            | Self::LoginThrottled { user, .. } => user,
            Self::SignUpPending | Self::ProofRefused => None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event without a session is the ordinary case"
    )]
    const fn session(self) -> Option<SessionId> {
        match self {
            Self::UserSignedUp { session, .. } => session,
            Self::LoginSucceeded { session, .. }
            | Self::SessionRevoked { session, .. }
            | Self::PasswordWrong { session, .. } => Some(session),
            _ => None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event without a limit is the ordinary case"
    )]
    const fn limit(self) -> Option<&'static str> {
        match self {
            Self::LoginThrottled { limit, .. } | Self::ChangeThrottled { limit, .. } => Some(limit),
            _ => None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "one event alone has a number of sessions"
    )]
    const fn revoked_sessions(self) -> Option<usize> {
        match self {
            Self::OtherSessionsRevoked { sessions, .. } => Some(sessions),
            _ => None,
        }
    }

    /// Returns whether the event may be part of an attack.
    const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::LoginFailed { .. }
                | Self::LoginDisabled { .. }
                | Self::PasswordWrong { .. }
                | Self::ProofRefused
        )
    }
}
