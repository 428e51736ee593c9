//! Confirms sessions: the owner presents every factor again before a change that could lock the
//! owner out.

use crate::{
    domain::{account::ids::UserId, credential::password::Password},
    events::SecurityEvent,
    passkeys::{CeremonyPurpose, PasskeyProof},
    service::{
        Caller, Error, PasskeyError, SecondFactorProof, Service, second_factors::proof::FactorUse,
    },
    store::{
        Tx,
        tables::{devices, sessions, users},
    },
};

/// A confirmation of the caller's session.
pub enum Confirmation {
    /// The password, and a second factor where the account has one.
    Password {
        /// The current password; `None` if no account can have the one of the request.
        password: Option<Password>,
        /// The second factor, if the client presented one.
        second_factor: Option<SecondFactorProof>,
    },
    /// A passkey that verifies its user: both factors in one.
    Passkey(PasskeyProof),
}

impl Service {
    /// Confirms the caller's session. The methods and the time of its login stay the same.
    pub async fn confirm_session(
        &self,
        caller: &Caller,
        confirmation: Confirmation,
    ) -> Result<(), Error> {
        let (password, second_factor) = match confirmation {
            Confirmation::Password {
                password,
                second_factor,
            } => (password, second_factor),
            Confirmation::Passkey(passkey) => {
                let proof = SecondFactorProof::Passkey(passkey);
                return self.try_second_factor(caller, None, proof).await;
            }
        };
        let (user, failure) = (caller.user.id, SecurityEvent::ConfirmationFailed);
        let (service, is_presented) = (self.clone(), second_factor.is_some());
        self.database
            .read(move |tx| service.match_second_factor(tx, user, is_presented))
            .await?;
        let credentials = self
            .check_current_password(caller, password.as_ref(), failure)
            .await?;
        let version = Some(credentials.password_version);
        match second_factor {
            Some(proof) => self.try_second_factor(caller, version, proof).await,
            None => self.complete_confirmation(caller, version, None).await,
        }
    }

    /// Completes a confirmation with a second factor, after a password of this version if the
    /// client presented one. A wrong factor counts for the account, or for the recognized device
    /// from which the session was opened.
    async fn try_second_factor(
        &self,
        caller: &Caller,
        version: Option<i64>,
        proof: SecondFactorProof,
    ) -> Result<(), Error> {
        let (user, session) = (caller.user.id, caller.session.id);
        let device = self
            .database
            .read(move |tx| devices::of_session(tx, session))
            .await?;
        let attempt = self.second_factor_attempt(&proof, user, device.as_ref(), &caller.client);
        let reservation = self.throttle.reserve(attempt).await?;
        match self
            .complete_confirmation(caller, version, Some(proof))
            .await
        {
            Ok(()) => {
                self.throttle.reset_own(reservation).await;
                Ok(())
            }
            Err(
                error @ (Error::CodeInvalid
                | Error::Passkey(PasskeyError::Invalid | PasskeyError::CounterWentBack(_))),
            ) => {
                let is_guessed = reservation.begins_backoff();
                self.throttle.settle(reservation).await?;
                self.report_passkey(&error, &caller.client).await?;
                if is_guessed {
                    self.notify_of_guesses(user, caller.client.language).await?;
                }
                let failure = SecurityEvent::ConfirmationFailed;
                Err(self.failed_in_session(caller, failure, error).await?)
            }
            Err(error) => {
                self.throttle.refund(reservation).await;
                Err(error)
            }
        }
    }

    /// Consumes the second factor and confirms the session, unless the password or the session
    /// changed since the password was verified.
    async fn complete_confirmation(
        &self,
        caller: &Caller,
        version: Option<i64>,
        proof: Option<SecondFactorProof>,
    ) -> Result<(), Error> {
        let (service, confirming, now) = (self.clone(), caller.clone(), self.clock.now());
        let (user, session) = (caller.user.id, caller.session.id);
        let is_recovery_code = matches!(proof, Some(SecondFactorProof::RecoveryCode(_)));
        self.database
            .write(move |tx| -> Result<(), Error> {
                lock_unchanged(tx, user, version)?;
                service.match_second_factor(tx, user, proof.is_some())?;
                if let Some(proof) = &proof {
                    let by = FactorUse {
                        owner: &confirming.user,
                        client: &confirming.client,
                        ceremony: CeremonyPurpose::Confirmation(session),
                        now,
                    };
                    service.consume_second_factor(tx, proof, by)?;
                }
                if !sessions::confirm(tx, session, now)? {
                    return Err(Error::NotAuthenticated);
                }
                let event = SecurityEvent::ConfirmationSucceeded;
                Ok(event.record(tx, confirming.context(now))?)
            })
            .await?;
        if is_recovery_code {
            self.outbox.wake();
        }
        Ok(())
    }

    /// Returns an error unless a second factor is presented exactly where the account has one. The
    /// error has the methods that confirm the account's sessions.
    fn match_second_factor(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        is_presented: bool,
    ) -> Result<(), Error> {
        let methods = self.second_factor_methods(tx, user)?;
        if methods.is_some() == is_presented {
            Ok(())
        } else {
            Err(Error::ConfirmationRequired(methods))
        }
    }

    /// Returns an error unless the caller's session is confirmed.
    pub async fn require_confirmation(&self, caller: &Caller) -> Result<(), Error> {
        if caller.session.is_confirmed(self.clock.now()) {
            return Ok(());
        }
        let (service, user) = (self.clone(), caller.user.id);
        let methods = self
            .database
            .read(move |tx| service.second_factor_methods(tx, user))
            .await?;
        Err(Error::ConfirmationRequired(methods))
    }

    /// Returns an error if the caller's account has a second factor and the session is not
    /// confirmed.
    pub async fn require_confirmation_of_second_factor(
        &self,
        caller: &Caller,
    ) -> Result<(), Error> {
        match self.require_confirmation(caller).await {
            Err(Error::ConfirmationRequired(None)) => Ok(()),
            other => other,
        }
    }
}

/// Locks the account row, unless the password changed since it was verified.
fn lock_unchanged(tx: &mut Tx<'_>, user: UserId, version: Option<i64>) -> Result<(), Error> {
    let (is_unchanged, refusal) = match version {
        Some(version) => (
            users::lock_if_unchanged(tx, user, version)?,
            Error::CurrentPasswordWrong,
        ),
        None => (users::lock(tx, user)?, Error::NotAuthenticated),
    };
    is_unchanged.then_some(()).ok_or(refusal)
}
