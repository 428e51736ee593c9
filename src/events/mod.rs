//! Security events: one type for everything that happens to an account, an attempt or a session.

mod fields;

use tracing::field::display;

use crate::domain::account::ids::{SessionId, UserId};

/// Declares the events from one table: their fields, their names and their log messages.
macro_rules! events {
    ($(
        $(#[$meaning:meta])+
        $variant:ident $({ $($field:ident: $type:ty),+ })? => $name:literal, $message:literal;
    )+) => {
        /// A security event. The log is its first sink.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SecurityEvent {
            $($(#[$meaning])+ $variant $({ $($field: $type),+ })?,)+
        }

        impl SecurityEvent {
            const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)+
                }
            }

            const fn message(self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $message,)+
                }
            }
        }
    };
}

events! {
    /// An account was created. Its first session is opened at once unless the email had to be
    /// verified first.
    UserSignedUp { user: UserId, session: Option<SessionId> } => "user.signed_up", "account created";
    /// A signup waits until its email is verified.
    SignUpPending => "user.sign_up_waits", "signup waits for its email to be verified";
    /// The owner changed the username.
    UserRenamed { user: UserId } => "user.renamed", "username changed";
    /// The owner changed the display name or the profile.
    UserUpdated { user: UserId } => "user.updated", "display name or profile changed";
    /// The owner deleted the account.
    UserDeleted { user: UserId } => "user.deleted", "account deleted by its owner";
    /// A login opened a session.
    LoginSucceeded { user: UserId, session: SessionId } => "login.succeeded", "login succeeded";
    /// The identifier or the password was wrong.
    LoginFailed { user: Option<UserId> } => "login.failed", "login failed";
    /// The password of a disabled account was right.
    LoginDisabled { user: UserId } => "login.disabled", "login to a disabled account refused";
    /// The password was right, but the email has to be verified first.
    LoginUnverified { user: Option<UserId> } => "login.unverified", "login refused: email not verified";
    /// A rate limit refused an attempt before a password or code was checked.
    LoginThrottled { user: Option<UserId>, limit: &'static str } => "login.throttled", "attempt rate-limited; password or code not checked";
    /// The second factor of a login was wrong.
    SecondFactorFailed { user: UserId } => "second_factor.failed", "second factor of a login refused";
    /// The owner let a device skip the second factor.
    DeviceTrusted { user: UserId } => "device.trusted", "device skips the second factor from now on";
    /// A session was revoked, by its owner or after too many wrong tries.
    SessionRevoked { user: UserId, session: SessionId } => "session.ended", "session revoked";
    /// The other sessions of an account were revoked by its owner.
    OtherSessionsRevoked { user: UserId, sessions: usize } => "session.others_ended", "other sessions revoked";
    /// The owner changed the password.
    PasswordChanged { user: UserId } => "password.changed", "password changed";
    /// The password was reset by email.
    PasswordReset { user: UserId } => "password.reset", "password reset";
    /// A re-authentication with a wrong password.
    PasswordWrong { user: UserId, session: SessionId } => "password.wrong", "re-authentication failed: wrong password";
    /// The owner presented every factor again.
    ConfirmationSucceeded { user: UserId, session: SessionId } => "confirmation.succeeded", "session confirmed";
    /// A wrong password or second factor in a confirmation.
    ConfirmationFailed { user: UserId, session: SessionId } => "confirmation.failed", "confirmation failed: wrong password or second factor";
    /// A change of email was requested.
    EmailChangeRequested { user: UserId } => "email.change_requested", "change of email requested";
    /// A requested change of email was completed.
    EmailChanged { user: UserId } => "email.changed", "email changed";
    /// The email of an account was verified.
    EmailVerified { user: UserId } => "email.verified", "email verified";
    /// An account was created with an invitation.
    InvitationUsed { user: UserId } => "invitation.used", "invitation used by a signup";
    /// A code, a link, the password beside it or an invitation was wrong or expired.
    ProofRefused => "proof.refused", "code, link, its password or an invitation refused";
    /// The owner set up an authenticator app.
    TotpEnabled { user: UserId, session: SessionId } => "totp.enabled", "authenticator app set up";
    /// The owner removed the authenticator app.
    TotpDisabled { user: UserId, session: SessionId } => "totp.disabled", "authenticator app removed";
    /// The owner registered a passkey.
    PasskeyAdded { user: UserId, session: SessionId } => "passkey.added", "passkey registered";
    /// The owner removed a passkey.
    PasskeyRemoved { user: UserId, session: SessionId } => "passkey.removed", "passkey removed";
    /// The signature counter of a passkey went back: another copy of the passkey may exist.
    PasskeyCounterWentBack { user: UserId } => "passkey.counter_went_back", "passkey rejected: its signature counter went back";
    /// A recovery code was used.
    RecoveryCodeUsed { user: UserId } => "recovery_code.used", "recovery code used";
    /// The owner replaced the recovery codes.
    RecoveryCodesRenewed { user: UserId, session: SessionId } => "recovery_codes.renewed", "recovery codes replaced";
    /// The owner removed one recognized device, or all others.
    DeviceForgotten { user: UserId, session: SessionId } => "device.forgotten", "recognized devices forgotten";
    /// A rate limit refused a change of email or username.
    ChangeThrottled { user: UserId, limit: &'static str } => "change.throttled", "change of email or username rate-limited";
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
}
