//! Logs in by passkey: possession and user verification are both factors in one.

use crate::{
    domain::{client::Client, event::LogInMethod, timestamp::Timestamp},
    events::SecurityEvent,
    passkeys::{CeremonyPurpose, PasskeyProof},
    service::{
        Error, NewSession, PasskeyError, Service, SessionOutcome, SessionRequest,
        second_factors::assertion::VerifiedAssertion,
        sessions::opening::{AuthenticatedBy, SessionOpening},
    },
    store::Tx,
};

/// A login by passkey.
pub struct PasskeyLogIn {
    /// The response of the authenticator.
    pub response: PasskeyProof,
    /// The session to open.
    pub opening: SessionRequest,
}

impl Service {
    /// Opens a session for a client with a passkey of the account.
    pub async fn log_in_with_passkey(&self, log_in: PasskeyLogIn) -> Result<NewSession, Error> {
        let client = log_in.opening.client.clone();
        let opened = self.open_with_passkey(log_in).await;
        match opened {
            Ok(outcome) => {
                let new = outcome.into_session()?;
                if new.device.is_some() {
                    self.outbox.wake();
                }
                Ok(new)
            }
            Err(error) => {
                self.report_passkey(&error, &client).await?;
                if let Error::Passkey(PasskeyError::Invalid) = error {
                    self.record_failure(&client).await?;
                }
                Err(error)
            }
        }
    }

    /// Records that no passkey of an account signed the login. Nothing else of it is written.
    async fn record_failure(&self, client: &Client) -> Result<(), Error> {
        let context = self.throttle.attempted(client, None, self.clock.now());
        let event = SecurityEvent::LoginFailed {
            method: LogInMethod::Passkey,
        };
        let recorded = self.database.write(move |tx| event.record(tx, context));
        Ok(recorded.await?)
    }

    /// Verifies the signature in a read, so that a wrong one takes no lock, and consumes it in the
    /// transaction that opens the session.
    async fn open_with_passkey(&self, log_in: PasskeyLogIn) -> Result<SessionOutcome, Error> {
        let PasskeyLogIn { response, opening } = log_in;
        let (service, now) = (self.clone(), self.clock.now());
        let verified = self
            .database
            .read(move |tx| service.verify_assertion(tx, &response, CeremonyPurpose::LogIn, now))
            .await?;
        let service = self.clone();
        self.database
            .write(move |tx| service.open_with_assertion(tx, verified, &opening, now))
            .await
    }

    fn open_with_assertion(
        &self,
        tx: &mut Tx<'_>,
        verified: VerifiedAssertion,
        request: &SessionRequest,
        now: Timestamp,
    ) -> Result<SessionOutcome, Error> {
        let owner = self.passkey_owner(tx, &verified)?;
        // Failures are locked before the account, and the account before its passkeys.
        self.throttle.reset_account(tx, &owner)?;
        let by = AuthenticatedBy::Passkey {
            is_backed_up: verified.is_backed_up,
        };
        let opening = SessionOpening {
            owner: &owner,
            by: &by,
            request,
            now,
        };
        let outcome = self.open_session(tx, opening)?;
        verified.consume(tx, now)?;
        Ok(outcome)
    }
}
