//! Completes a login with a second factor. It costs no password hash.

use super::proof::{FactorUse, SecondFactorProof};
use crate::{
    domain::{
        credential::token::{TokenHash, TokenKind},
        session::{second_factor::SecondFactorChallenge, transport::SessionTransport},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    passkeys::CeremonyPurpose,
    service::{
        Error, NewSession, PasskeyError, Service, SessionRequest,
        sessions::{
            challenge::is_current,
            opening::{AuthenticatedBy, CompletedChallenge, SessionOpening},
        },
    },
    store::{
        Tx,
        tables::{second_factor_challenges, users},
    },
    throttle::Reservation,
};

/// A login that waits for its second factor.
#[derive(Clone, Debug)]
pub struct WaitingLogIn {
    token: TokenHash,
    challenge: SecondFactorChallenge,
}

/// The second step of a login.
pub struct SecondFactorLogIn {
    /// The login.
    pub waiting: WaitingLogIn,
    /// The second factor.
    pub proof: SecondFactorProof,
    /// `true` if the device is to skip the second factor from now on.
    pub trust_device: bool,
    /// The session to open.
    pub opening: SessionRequest,
}

impl WaitingLogIn {
    /// Returns the transport that the first step asked for.
    #[must_use]
    pub const fn transport(&self) -> SessionTransport {
        self.challenge.transport
    }

    /// Returns whether the first step asked for a session that outlives the browser.
    #[must_use]
    pub const fn remember(&self) -> bool {
        self.challenge.remembered
    }

    /// Returns the device token that the first step presented.
    #[must_use]
    pub const fn device(&self) -> Option<&TokenHash> {
        self.challenge.device.as_ref()
    }
}

impl Service {
    /// Returns the login that waits for its second factor under this token.
    pub async fn waiting_log_in(&self, challenge: &str) -> Result<WaitingLogIn, Error> {
        let kind = TokenKind::SecondFactorChallenge;
        let token = TokenHash::of_presented(kind, challenge).ok_or(Error::ChallengeExpired)?;
        let (sought, now) = (token.clone(), self.clock.now());
        let found = self
            .database
            .read(move |tx| second_factor_challenges::by_token(tx, &sought, now))
            .await?;
        let challenge = found.ok_or(Error::ChallengeExpired)?;
        Ok(WaitingLogIn { token, challenge })
    }

    /// Opens the session of a login whose second factor is right, and resets the failures of the
    /// account. The try is counted for the challenge and for the account before anything is
    /// verified.
    pub async fn log_in_with_second_factor(
        &self,
        log_in: SecondFactorLogIn,
    ) -> Result<NewSession, Error> {
        let user = log_in.waiting.challenge.user;
        let client = log_in.opening.client.clone();
        let (reservation, tries_left) = self.take_try(&log_in).await?;
        match self.complete_challenge(log_in, &reservation).await {
            Ok(new) => {
                self.throttle.wake_after_reset(&reservation, &new.user);
                self.outbox.wake();
                Ok(new)
            }
            Err(
                error @ (Error::CodeInvalid
                | Error::Passkey(PasskeyError::Invalid | PasskeyError::CounterWentBack(_))),
            ) => {
                let is_guessed = tries_left == 0 || reservation.begins_backoff();
                self.throttle.settle(reservation).await?;
                self.report_passkey(&error, &client).await?;
                if is_guessed {
                    self.notify_of_guesses(user, client.language).await?;
                }
                Err(error)
            }
            Err(error) => {
                self.throttle.refund(reservation).await;
                Err(error)
            }
        }
    }

    /// Counts a try. Returns the tries that the challenge has left.
    async fn take_try(&self, log_in: &SecondFactorLogIn) -> Result<(Reservation, i64), Error> {
        let (user, opening) = (log_in.waiting.challenge.user, &log_in.opening);
        let device = opening.device.as_ref();
        let attempt = self
            .second_factor_attempt(&log_in.proof, user, device, &opening.client)
            .failing_as(SecurityEvent::SecondFactorFailed, Some(user));
        let (token, now) = (log_in.waiting.token.clone(), self.clock.now());
        let (reservation, tries_left) = self
            .throttle
            .reserve_with(attempt, move |tx| {
                second_factor_challenges::take_try(tx, &token, now)
            })
            .await?;
        if let Some(tries_left) = tries_left {
            return Ok((reservation, tries_left));
        }
        self.throttle.refund(reservation).await;
        Err(Error::ChallengeExpired)
    }

    async fn complete_challenge(
        &self,
        log_in: SecondFactorLogIn,
        reservation: &Reservation,
    ) -> Result<NewSession, Error> {
        let (service, reservation) = (self.clone(), reservation.clone());
        let now = self.clock.now();
        self.database
            .write(move |tx| service.complete_within(tx, &log_in, &reservation, now))
            .await
    }

    fn complete_within(
        &self,
        tx: &mut Tx<'_>,
        log_in: &SecondFactorLogIn,
        reservation: &Reservation,
        now: Timestamp,
    ) -> Result<NewSession, Error> {
        let (challenge, request) = (&log_in.waiting.challenge, &log_in.opening);
        let found = users::by_id(tx, challenge.user)?.ok_or(Error::ChallengeExpired)?;
        let owner = found.user;
        // Failures are locked before the account. A wrong factor rolls the reset back.
        self.throttle
            .reset_after_second_factor(tx, reservation, &owner, now)?;
        users::lock(tx, challenge.user)?;
        if !is_current(tx, challenge)?
            || !second_factor_challenges::consume(tx, &log_in.waiting.token, now)?
        {
            return Err(Error::ChallengeExpired);
        }
        let by = FactorUse {
            owner: &owner,
            client: &request.client,
            ceremony: CeremonyPurpose::SecondFactor(&log_in.waiting.token),
            now,
        };
        let used = self.consume_second_factor(tx, &log_in.proof, by)?;
        let by = AuthenticatedBy::SecondFactor(CompletedChallenge {
            password_version: challenge.password_version,
            methods: used.with_first(&challenge.methods),
            confirms: challenge.confirms && used.confirms(),
            trusts_device: log_in.trust_device,
        });
        let opening = SessionOpening {
            owner: &owner,
            by: &by,
            request,
            now,
        };
        self.open_session(tx, opening)?.into_session()
    }
}
