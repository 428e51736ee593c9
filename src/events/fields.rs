//! The fields that some events have and others lack.

use super::SecurityEvent;
use crate::domain::account::ids::{SessionId, UserId};

impl SecurityEvent {
    pub(super) const fn user(self) -> Option<UserId> {
        match self {
            Self::UserSignedUp { user, .. }
            | Self::UserRenamed { user }
            | Self::UserUpdated { user }
            | Self::UserDeleted { user }
            | Self::LoginSucceeded { user, .. }
            | Self::LoginDisabled { user }
            | Self::SecondFactorFailed { user }
            | Self::DeviceTrusted { user }
            | Self::SessionRevoked { user, .. }
            | Self::OtherSessionsRevoked { user, .. }
            | Self::PasswordChanged { user }
            | Self::PasswordReset { user }
            | Self::PasswordWrong { user, .. }
            | Self::ConfirmationSucceeded { user, .. }
            | Self::ConfirmationFailed { user, .. }
            | Self::EmailChangeRequested { user }
            | Self::EmailChanged { user }
            | Self::EmailVerified { user }
            | Self::InvitationUsed { user }
            | Self::TotpEnabled { user, .. }
            | Self::TotpDisabled { user, .. }
            | Self::PasskeyAdded { user, .. }
            | Self::PasskeyRemoved { user, .. }
            | Self::PasskeyCounterWentBack { user }
            | Self::RecoveryCodeUsed { user }
            | Self::RecoveryCodesRenewed { user, .. }
            | Self::DeviceForgotten { user, .. }
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
    pub(super) const fn session(self) -> Option<SessionId> {
        match self {
            Self::UserSignedUp { session, .. } => session,
            Self::LoginSucceeded { session, .. }
            | Self::SessionRevoked { session, .. }
            | Self::TotpEnabled { session, .. }
            | Self::TotpDisabled { session, .. }
            | Self::PasskeyAdded { session, .. }
            | Self::PasskeyRemoved { session, .. }
            | Self::RecoveryCodesRenewed { session, .. }
            | Self::DeviceForgotten { session, .. }
            | Self::ConfirmationSucceeded { session, .. }
            | Self::ConfirmationFailed { session, .. }
            | Self::PasswordWrong { session, .. } => Some(session),
            _ => None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event without a limit is the ordinary case"
    )]
    pub(super) const fn limit(self) -> Option<&'static str> {
        match self {
            Self::LoginThrottled { limit, .. } | Self::ChangeThrottled { limit, .. } => Some(limit),
            _ => None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "one event alone has a number of sessions"
    )]
    pub(super) const fn revoked_sessions(self) -> Option<usize> {
        match self {
            Self::OtherSessionsRevoked { sessions, .. } => Some(sessions),
            _ => None,
        }
    }

    /// Returns whether the event may be part of an attack.
    pub(super) const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::LoginFailed { .. }
                | Self::LoginDisabled { .. }
                | Self::SecondFactorFailed { .. }
                | Self::PasswordWrong { .. }
                | Self::ConfirmationFailed { .. }
                | Self::PasskeyCounterWentBack { .. }
                | Self::ProofRefused
        )
    }
}
