//! Logs in by passkey: possession and user verification are both factors in one.

use crate::{
    events::SecurityEvent,
    passkeys::{CeremonyPurpose, PasskeyProof},
    service::{
        Error, NewSession, PasskeyError, Service, SessionOutcome, SessionRequest, Visitor,
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
        let client = Visitor {
            ip: log_in.opening.ip.clone(),
            language: log_in.opening.language,
        };
        let service = self.clone();
        let opened = self
            .database
            .write(move |tx| service.open_with_passkey(tx, &log_in))
            .await;
        match opened {
            Ok(outcome) => {
                let new = outcome.into_session()?;
                if new.device.is_some() {
                    self.outbox.wake();
                }
                new.record_login();
                Ok(new)
            }
            Err(error) => {
                self.report_passkey(&error, &client).await;
                if let Error::Passkey(PasskeyError::Invalid) = error {
                    SecurityEvent::LoginFailed { user: None }.record(&client.ip);
                }
                Err(error)
            }
        }
    }

    fn open_with_passkey(
        &self,
        tx: &mut Tx<'_>,
        log_in: &PasskeyLogIn,
    ) -> Result<SessionOutcome, Error> {
        let now = self.clock.now();
        let verified = self.verify_assertion(tx, &log_in.response, CeremonyPurpose::LogIn, now)?;
        let owner = self.passkey_owner(tx, &verified)?;
        // Failures are locked before the account, and the account before its passkeys.
        self.throttle.reset_account(tx, &owner)?;
        let by = AuthenticatedBy::Passkey {
            is_backed_up: verified.is_backed_up,
        };
        let opening = SessionOpening {
            owner: &owner,
            by: &by,
            request: &log_in.opening,
            now,
        };
        let outcome = self.open_session(tx, opening)?;
        verified.consume(tx, now)?;
        Ok(outcome)
    }
}
