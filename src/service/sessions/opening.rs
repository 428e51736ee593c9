//! A session to open, and the proofs by which its client is authenticated.

use crate::{
    domain::{
        account::{
            ids::{ChallengeId, SessionId},
            user::User,
        },
        event::LogInMethod,
        session::authentication_methods::AuthenticationMethods,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    service::{Error, NewSession, SessionOutcome, SessionRequest},
    store::{StoreError, Tx},
    throttle::Reservation,
};

/// The proofs by which a client is authenticated for a new session.
#[derive(Clone)]
pub(in crate::service) enum AuthenticatedBy {
    /// A signup, whose transaction creates the account.
    SignUp,
    /// The password of this version. The session resets the failures of the attempt.
    Password {
        version: i64,
        reservation: Reservation,
    },
    /// A mailed code in place of the password. The same transaction consumes its challenge.
    EmailCode {
        challenge: ChallengeId,
        reservation: Reservation,
    },
    /// A code or link, which the same transaction consumes, with the account's password or one that
    /// replaces it.
    Mailbox,
    /// A passkey that verified its user: both factors in one. The same transaction consumes its
    /// signature.
    Passkey { is_backed_up: bool },
    /// A first factor earlier, and a second one that the same transaction consumes. That
    /// transaction also resets the failures of the account.
    SecondFactor(CompletedChallenge),
}

/// A challenge whose second factor was verified.
#[derive(Clone)]
pub(in crate::service) struct CompletedChallenge {
    /// The version of the password at the first factor.
    pub(in crate::service) password_version: i64,
    /// The methods of both factors.
    pub(in crate::service) methods: AuthenticationMethods,
    /// `true` if the owner presented every factor, and no recovery code.
    pub(in crate::service) confirms: bool,
    /// `true` if the device skips the second factor from now on.
    pub(in crate::service) trusts_device: bool,
}

/// A session to open.
#[derive(Clone, Copy)]
pub(in crate::service) struct SessionOpening<'a> {
    pub(in crate::service) owner: &'a User,
    pub(in crate::service) by: &'a AuthenticatedBy,
    pub(in crate::service) request: &'a SessionRequest,
    pub(in crate::service) now: Timestamp,
}

impl AuthenticatedBy {
    /// Returns the methods of the proofs.
    pub(super) fn methods(&self) -> AuthenticationMethods {
        match self {
            Self::SignUp | Self::Password { .. } | Self::Mailbox => {
                AuthenticationMethods::password()
            }
            Self::Passkey { is_backed_up } => AuthenticationMethods::passkey(*is_backed_up),
            Self::EmailCode { .. } => AuthenticationMethods::mailed_code(),
            Self::SecondFactor(completed) => completed.methods.clone(),
        }
    }

    /// Returns whether the proofs confirm the owner for changes of the account's credentials.
    pub(super) const fn confirms(&self) -> bool {
        match self {
            Self::SignUp | Self::Password { .. } | Self::Passkey { .. } => true,
            // A mailbox proves less than a password: its reader must not replace the factors.
            Self::EmailCode { .. } | Self::Mailbox => false,
            Self::SecondFactor(completed) => completed.confirms,
        }
    }

    /// Returns the method of the login; a signup is none.
    const fn log_in_method(&self) -> Option<LogInMethod> {
        match self {
            Self::SignUp => None,
            Self::Password { .. } => Some(LogInMethod::Password),
            Self::EmailCode { .. } => Some(LogInMethod::EmailCode),
            Self::Mailbox => Some(LogInMethod::Mailbox),
            Self::Passkey { .. } => Some(LogInMethod::Passkey),
            Self::SecondFactor(_) => Some(LogInMethod::SecondFactor),
        }
    }

    /// Returns whether the client has just read the owner's mail.
    pub(super) const fn is_by_mail(&self) -> bool {
        matches!(self, Self::Mailbox | Self::EmailCode { .. })
    }
}

impl SessionOpening<'_> {
    /// Records that the proofs opened a session, and that it ended the `surplus` oldest ones of the
    /// account. A signup has an event of its own.
    pub(super) fn record(
        &self,
        tx: &mut Tx<'_>,
        session: SessionId,
        surplus: usize,
    ) -> Result<(), StoreError> {
        let client = &self.request.client;
        let context = client.as_owner(self.owner.id, self.now).in_session(session);
        if let Some(method) = self.by.log_in_method() {
            SecurityEvent::LoginSucceeded { method }.record(tx, context.clone())?;
        }
        if surplus > 0 {
            let sessions = surplus;
            SecurityEvent::SessionsRevoked { sessions }.record(tx, context)?;
        }
        Ok(())
    }
}

impl SessionOutcome {
    /// Returns the session, or the error by which the client learns of the second factor. The
    /// transaction is committed before this.
    pub(in crate::service) fn into_session(self) -> Result<NewSession, Error> {
        match self {
            Self::Opened(new) => Ok(*new),
            Self::SecondFactorRequired(pending) => Err(Error::SecondFactorRequired(pending)),
        }
    }

    /// Returns the session of a request that may have asked for none.
    pub(in crate::service) fn into_optional_session(
        outcome: Option<Self>,
    ) -> Result<Option<NewSession>, Error> {
        outcome.map(Self::into_session).transpose()
    }
}
