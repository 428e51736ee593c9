//! The kinds of security events: their names, their log messages, and what each one has of its own.

use super::values::{LogInMethod, UpdatedFields};
use crate::domain::account::ids::{InvitationId, PasskeyId};

/// Declares the events from one table: their fields, their names and their log messages.
macro_rules! events {
    ($(
        $(#[$meaning:meta])+
        $variant:ident $({ $($field:ident: $type:ty),+ })? => $name:literal, $message:literal;
    )+) => {
        /// A security event. Its account, session and client are those of its context.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each field is named after its type or its event")]
        pub enum SecurityEvent {
            $($(#[$meaning])+ $variant $({ $($field: $type),+ })?,)+
        }

        /// The type of a security event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventType {
            $($(#[$meaning])+ $variant,)+
        }

        impl SecurityEvent {
            /// Returns the type of the event.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self {
                    $(Self::$variant { .. } => EventType::$variant,)+
                }
            }
        }

        impl EventType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the public name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the message of the log line.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)+
                }
            }
        }
    };
}

events! {
    /// An account was created by a signup. Its first session is opened at once unless the email had
    /// to be verified first.
    UserSignedUp => "user.signed_up", "account created";
    /// A signup waits until its email is verified.
    SignUpPending => "user.signup_pending", "signup waits for its email to be verified";
    /// An operator created the account.
    UserCreated => "user.created", "account created by an operator";
    /// An operator imported the account from another system.
    UserImported => "user.imported", "account imported by an operator";
    /// The username was changed.
    UserRenamed => "user.renamed", "username changed";
    /// Other data of the account was changed.
    UserUpdated { fields: UpdatedFields } => "user.updated", "account updated";
    /// An operator disabled the account.
    UserDisabled => "user.disabled", "account disabled";
    /// An operator enabled the account again.
    UserEnabled => "user.enabled", "account enabled";
    /// The account was deleted.
    UserDeleted => "user.deleted", "account deleted";
    /// A login opened a session.
    LoginSucceeded { method: LogInMethod } => "login.succeeded", "login succeeded";
    /// The identifier, the password, the code or the passkey of a login was wrong.
    LoginFailed { method: LogInMethod } => "login.failed", "login failed";
    /// A rate limit refused an attempt before a password or code was checked.
    LoginThrottled { limit: &'static str } => "login.throttled", "attempt rate-limited; password or code not checked";
    /// The first factor of a disabled account was right.
    LoginDisabled => "login.disabled", "login to a disabled account refused";
    /// The password was right, but the email has to be verified first.
    LoginUnverified => "login.unverified", "login refused: email not verified";
    /// A session was revoked, by its owner or after too many wrong tries.
    SessionRevoked => "session.revoked", "session revoked";
    /// Several sessions of an account were revoked.
    SessionsRevoked { sessions: usize } => "sessions.revoked", "sessions revoked";
    /// The password was changed.
    PasswordChanged => "password.changed", "password changed";
    /// The password was reset by email.
    PasswordReset => "password.reset", "password reset";
    /// A re-authentication with a wrong password.
    PasswordWrong => "password.wrong", "re-authentication failed: wrong password";
    /// The email of an account was verified.
    EmailVerified => "email.verified", "email verified";
    /// A change of email was requested.
    EmailChangeRequested => "email.change_requested", "change of email requested";
    /// A requested change of email was completed.
    EmailChanged => "email.changed", "email changed";
    /// The owner presented every factor again.
    ConfirmationSucceeded => "confirmation.succeeded", "session confirmed";
    /// A wrong password or second factor in a confirmation.
    ConfirmationFailed => "confirmation.failed", "confirmation failed: wrong password or second factor";
    /// An authenticator app was set up.
    TotpEnabled => "totp.enabled", "authenticator app set up";
    /// The authenticator app was removed.
    TotpDisabled => "totp.disabled", "authenticator app removed";
    /// A passkey was registered.
    PasskeyAdded { passkey: PasskeyId } => "passkey.added", "passkey registered";
    /// A passkey was removed.
    PasskeyRemoved { passkey: PasskeyId } => "passkey.removed", "passkey removed";
    /// The signature counter of a passkey went back: another copy of the passkey may exist.
    PasskeyCounterWentBack => "passkey.counter_went_back", "passkey rejected: its signature counter went back";
    /// A recovery code was used.
    RecoveryCodeUsed => "recovery_code.used", "recovery code used";
    /// The recovery codes were replaced.
    RecoveryCodesRenewed => "recovery_codes.renewed", "recovery codes replaced";
    /// The second factor of a login was wrong.
    SecondFactorFailed => "second_factor.failed", "second factor of a login refused";
    /// A device skips the second factor from now on.
    DeviceTrusted => "device.trusted", "device skips the second factor from now on";
    /// Recognized devices were forgotten.
    DeviceForgotten { devices: usize } => "device.forgotten", "recognized devices forgotten";
    /// An operator created an invitation.
    InvitationCreated { invitation: InvitationId } => "invitation.created", "invitation created";
    /// An account was created with an invitation.
    InvitationUsed { invitation: InvitationId } => "invitation.used", "invitation used by a signup";
    /// An operator revoked an invitation.
    InvitationRevoked { invitation: InvitationId } => "invitation.revoked", "invitation revoked";
    /// An operator created a service key.
    ServiceKeyCreated { name: String } => "service_key.created", "service key created";
    /// An operator renewed the secret of a service key.
    ServiceKeyRenewed { name: String } => "service_key.renewed", "secret of a service key renewed";
    /// An operator revoked a service key.
    ServiceKeyRevoked { name: String } => "service_key.revoked", "service key revoked";
    /// A token signing key was created, by an operator or because the last one was old.
    SigningKeyCreated { key: String } => "signing_key.created", "signing key for access tokens created";
    /// A token signing key was deleted, by an operator or because its last token expired.
    SigningKeyRetired { key: String } => "signing_key.retired", "signing key for access tokens deleted";
    /// The data of an account was exported.
    DataExported => "data.exported", "data of the account exported";
    /// A signup or login presented a wrong, expired or used proof of work.
    CaptchaRejected => "captcha.rejected", "proof of work rejected";
    /// A code, a link, the password beside it or an invitation was wrong or expired.
    ProofRefused => "proof.refused", "code, link, its password or an invitation refused";
    /// A rate limit refused a change of email or username.
    ChangeThrottled { limit: &'static str } => "change.throttled", "change of email or username rate-limited";
}

impl EventType {
    /// Returns the type with this name, if the audit log has events of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::audited().find(|event_type| event_type.name() == name)
    }

    /// Returns the types that the audit log has events of.
    pub fn audited() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| one.is_audited())
    }

    /// Returns whether the event is a row of the audit log, and not a log line alone: attempts that
    /// end in these name no account and leave nothing behind.
    #[must_use]
    pub const fn is_audited(self) -> bool {
        !matches!(self, Self::ProofRefused | Self::ChangeThrottled)
    }

    /// Returns whether the event may be part of an attack.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::LoginFailed
                | Self::LoginThrottled
                | Self::LoginDisabled
                | Self::SecondFactorFailed
                | Self::PasswordWrong
                | Self::ConfirmationFailed
                | Self::PasskeyCounterWentBack
                | Self::CaptchaRejected
                | Self::ProofRefused
                | Self::ChangeThrottled
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audited_types_are_parsed_by_their_distinct_names() {
        let mut names: Vec<_> = EventType::audited().map(EventType::name).collect();
        for name in &names {
            assert_eq!(EventType::parse(name).map(EventType::name), Some(*name));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(EventType::parse("proof.refused"), None);
    }
}
