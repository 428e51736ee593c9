//! Reserves the places of an attempt before anything is hashed. An attempt waits where another in
//! flight may still make room.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Error, Throttle,
    attempt::Attempt,
    places::{NoPlace, Places, Refusal},
    proof_of_work::CaptchaCheck,
};
use crate::{
    domain::{account::ids::UserId, client::Client, rate_limit::RateLimits},
    events::SecurityEvent,
    store::{StoreError, Tx},
};

/// When to retry after a refusal that an attempt in flight may still lift.
const SOON: Duration = Duration::from_secs(1);

/// The places of an attempt, and what its end records.
#[derive(Clone)]
#[must_use]
pub struct Reservation {
    /// `None` where rate limits are off.
    pub(super) places: Option<Places>,
    pub(super) client: Client,
    pub(super) account: Option<UserId>,
    /// The event of a failure, and the account that it is about.
    pub(super) failure: Option<(SecurityEvent, Option<UserId>)>,
}

impl Reservation {
    fn of(attempt: Attempt, places: Option<Places>) -> Self {
        Self {
            places,
            client: attempt.client,
            account: attempt.account,
            failure: attempt.failure,
        }
    }
}

impl Throttle {
    /// Records the attempt as failed and consumes its proof of work before hashing. If a limit or a
    /// missing proof refuses it, nothing is recorded.
    pub async fn reserve(&self, attempt: Attempt) -> Result<Reservation, Error> {
        if self.0.limits.is_none() {
            self.consume_proof(attempt.check.as_ref()).await?;
            return Ok(Reservation::of(attempt, None));
        }
        let (reservation, ()) = self.reserve_with(attempt, |_tx| Ok(())).await?;
        Ok(reservation)
    }

    /// The same, in one transaction with other work of the attempt: it takes as long whether that
    /// work finds anything or not.
    ///
    /// An attempt that fits only if another in flight is refunded waits for that, as long as a
    /// request waits for a hash. It holds no connection meanwhile.
    pub async fn reserve_with<T: Send + 'static>(
        &self,
        attempt: Attempt,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<(Reservation, T), Error> {
        let Some(limits) = self.0.limits else {
            self.consume_proof(attempt.check.as_ref()).await?;
            let done = self.0.database.write(work).await?;
            return Ok((Reservation::of(attempt, None), done));
        };
        let deadline = Instant::now() + self.0.hash_deadline;
        let mut turn = None;
        loop {
            if attempt.guess.needs_hash() {
                self.refuse_overload()?;
            }
            let reserved = self.try_to_reserve(&attempt, limits, work.clone()).await;
            let Refusal { error, waits_for } = match reserved {
                Ok((places, done)) => return Ok((Reservation::of(attempt, Some(places)), done)),
                Err(NoPlace::Failed(error)) => return Err(error.into()),
                Err(NoPlace::Refused(refusal)) => refusal,
            };
            let Some(subject) = waits_for else {
                return Err(self.throttled(error, &attempt).await?);
            };
            if !self.0.wait_queue.wait(&mut turn, &subject, deadline).await {
                return Err(self.throttled(soon(error), &attempt).await?);
            }
        }
    }

    async fn try_to_reserve<T: Send + 'static>(
        &self,
        attempt: &Attempt,
        limits: RateLimits,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(Places, T), NoPlace> {
        let (throttle, attempt, now) = (self.clone(), attempt.clone(), self.0.clock.now());
        self.0
            .database
            .write(move |tx| {
                let places = throttle.take_places(tx, &attempt, &limits, now)?;
                Ok((places, work(tx)?))
            })
            .await
    }

    /// Consumes a proof of work where nothing is counted, if one is required all the same.
    async fn consume_proof(&self, check: Option<&CaptchaCheck>) -> Result<(), Error> {
        match check {
            Some(check) if check.is_due(false) => {
                self.refuse_overload()?;
                let check = check.clone();
                let database = &self.0.database;
                database.write(move |tx| check.consume(tx, false)).await
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The refusal of an attempt for which others in flight may still make room.
fn soon(mut error: Error) -> Error {
    if let Error::TooMany(exceeded) = &mut error {
        exceeded.retry_after = SOON;
    }
    error
}
