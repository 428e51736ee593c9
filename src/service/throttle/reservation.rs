//! Places for attempts: each takes one before anything is hashed, and waits for one where an attempt in flight may give its own back.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    attempt::Attempt,
    counting::{Counted, Refused, Stop},
};
use crate::{
    domain::{
        account::{ids::UserId, user::Credentials},
        credential::password::Password,
        rate_limit::RateLimits,
    },
    service::{Error, Service},
    store::{StoreError, Tx},
};

/// When it is worth asking again for a place that an attempt in flight may give back.
const SOON: Duration = Duration::from_secs(1);

/// The places of an attempt. There are none where limits are off, or once it is known to have failed.
#[derive(Clone)]
pub(crate) struct Reservation(pub(crate) Option<Counted>);

impl Reservation {
    /// Returns whether the attempt came from a recognized device of the account.
    pub(crate) fn has_known_device(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|counted| counted.has_known_device)
    }
}

impl Service {
    /// Reserves a place for the attempt, then returns whether the password is the account's. The caller [forgives](Self::forgive)
    /// a right one or takes it back; a wrong one is settled, and it is taken back here where nothing was hashed.
    pub(crate) async fn tried(
        &self,
        attempt: Attempt,
        found: Option<Credentials>,
        password: Option<&Password>,
    ) -> Result<(Result<Credentials, Option<UserId>>, Reservation), Error> {
        let stored = found
            .as_ref()
            .map(|credentials| credentials.password_hash.as_str());
        let (is_right, reservation) = self.try_password(attempt, stored, password).await?;
        let verified = match found {
            Some(credentials) if is_right => Ok(credentials),
            found => Err(found.map(|credentials| credentials.user.id)),
        };
        Ok((verified, reservation))
    }

    /// The same for a password that is not an account's yet.
    pub(crate) async fn try_password(
        &self,
        attempt: Attempt,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<(bool, Reservation), Error> {
        let reservation = self.reserve(attempt).await?;
        match self.is_password_of(stored, password).await {
            Ok(true) => Ok((true, reservation)),
            Ok(false) => Ok((false, self.settle(reservation).await)),
            Err(error) => {
                self.take_back(reservation).await;
                Err(error)
            }
        }
    }

    /// Reserves the attempt's places and uses its proof of work up, unless a limit refuses it or the proof is wanting: then nothing
    /// is counted or hashed.
    async fn reserve(&self, attempt: Attempt) -> Result<Reservation, Error> {
        if self.0.limits.is_none() {
            self.prove(attempt.check).await?;
            return Ok(Reservation(None));
        }
        let (reservation, ()) = self.reserve_with(attempt, |_tx| Ok(())).await?;
        Ok(reservation)
    }

    /// The same in one transaction with other work of the attempt, so that it takes as long whether that finds anything to do or not.
    ///
    /// An attempt that fits only if another in flight gives its place back waits for that, as long as a request waits for a hash. It
    /// holds no connection meanwhile.
    pub(crate) async fn reserve_with<T: Send + 'static>(
        &self,
        attempt: Attempt,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<(Reservation, T), Error> {
        let Some(limits) = self.0.limits else {
            self.prove(attempt.check).await?;
            return Ok((Reservation(None), self.write(|tx| Ok(work(tx)?)).await?));
        };
        let deadline = Instant::now() + self.0.hash_deadline;
        let mut turn = None;
        loop {
            // What would not be hashed is not counted, nor does it cost a write.
            self.0.hasher.admits()?;
            let counted = self.try_to_reserve(&attempt, limits, work.clone()).await;
            let Refused { error, waits_for } = match counted {
                Ok((counted, done)) => return Ok((Reservation(Some(counted)), done)),
                Err(Stop::Refused(refused)) => refused,
                Err(Stop::Failed(error)) => return Err(error),
            };
            let Some(subject) = waits_for else {
                return Err(throttled(error, &attempt));
            };
            if !self.0.waiting.wait(&mut turn, &subject, deadline).await {
                return Err(throttled(soon(error), &attempt));
            }
        }
    }

    async fn try_to_reserve<T: Send + 'static>(
        &self,
        attempt: &Attempt,
        limits: RateLimits,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(Counted, T), Stop> {
        let (accounts, attempt, now) = (self.clone(), attempt.clone(), self.0.clock.now());
        self.asked(move |db| {
            db.write(|tx| {
                let counted = accounts.count(tx, &attempt, &limits, now)?;
                Ok::<_, Stop>((counted, work(tx)?))
            })
        })
        .await
    }
}

/// The refusal of an attempt that others in flight may still make room for.
fn soon(mut error: Error) -> Error {
    if let Error::TooMany(exceeded) = &mut error {
        exceeded.retry_after = SOON;
    }
    error
}

/// Logs that a limit refused the attempt.
fn throttled(error: Error, attempt: &Attempt) -> Error {
    if let Error::TooMany(exceeded) = &error {
        let user = attempt.account.map(|id| id.to_string());
        tracing::warn!(event = "login.throttled", user.id = user, client.ip = %attempt.ip, limit = exceeded.policy.name, "attempt rate-limited; password or code not checked");
    }
    error
}
