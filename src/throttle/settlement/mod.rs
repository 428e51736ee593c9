//! The end of an attempt: its places are settled after a failure, refunded where nothing was tried,
//! and reset after a success.

mod account;

use super::{Error, Throttle, keys::CounterKey, places::Places, reservation::Reservation};
use crate::{
    domain::{
        account::{ids::UserId, user::User},
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    store::{
        StoreError, Tx,
        tables::{counters, failures, users},
    },
};

pub use account::Lockout;

type Correction = fn(&mut Tx<'_>, &Places, Timestamp) -> Result<(), StoreError>;

impl Reservation {
    /// Returns whether the attempt, if it fails, begins a backoff.
    #[must_use]
    pub fn begins_backoff(&self) -> bool {
        let places = self.places.as_ref();
        places.is_some_and(|places| {
            places
                .failures
                .iter()
                .any(|place| place.waits_until.is_some())
        })
    }

    /// Refunds the attempt in the transaction of the caller.
    pub fn refund_within(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        match &self.places {
            Some(places) => refund(tx, places),
            None => Ok(()),
        }
    }
}

impl Throttle {
    /// Settles a failed attempt: its places stay counted, and attempts that wait for them are
    /// refused. The same transaction records the failure.
    pub async fn settle(&self, mut reservation: Reservation) -> Result<(), Error> {
        let failure = reservation.failure.take();
        self.correct_recording(reservation, settle, failure).await
    }

    /// Settles an attempt whose secret was right, and whose login did not succeed all the same. If
    /// that fails, the places settle by themselves.
    pub async fn settle_unfinished(&self, reservation: Reservation) {
        self.correct(reservation, settle).await;
    }

    /// Refunds an attempt whose secret was not checked. If the refund fails, one failure too many
    /// stays counted.
    pub async fn refund(&self, reservation: Reservation) {
        self.correct(reservation, |tx, places, _now| refund(tx, places))
            .await;
    }

    /// Refunds an attempt whose secret was right, and records in the same transaction that it opens
    /// no session.
    pub async fn refund_refused(
        &self,
        reservation: Reservation,
        refusal: SecurityEvent,
    ) -> Result<(), Error> {
        let event = (refusal, reservation.account);
        self.correct_recording(
            reservation,
            |tx, places, _now| refund(tx, places),
            Some(event),
        )
        .await
    }

    /// Refunds an attempt that succeeded, and resets the failures of its own kind.
    pub async fn reset_own(&self, reservation: Reservation) {
        self.correct(reservation, |tx, places, now| {
            refund_networks(tx, places)?;
            for failure in &places.failures {
                failures::reset_on_success(tx, &failure.subject, 1, now)?;
            }
            refund_account(tx, places)
        })
        .await;
    }

    async fn correct(&self, reservation: Reservation, correction: Correction) {
        let corrected = self.correct_recording(reservation, correction, None);
        if let Err(error) = corrected.await {
            tracing::warn!(%error, "the places of an attempt stay counted as failures");
        }
    }

    /// Corrects the places of an attempt and records its event, if it has either.
    async fn correct_recording(
        &self,
        reservation: Reservation,
        correction: Correction,
        event: Option<(SecurityEvent, Option<UserId>)>,
    ) -> Result<(), Error> {
        let Reservation { places, client, .. } = reservation;
        let (throttle, counted, now) = (self.clone(), places.clone(), self.0.clock.now());
        let corrected = if counted.is_some() || event.is_some() {
            let database = &self.0.database;
            database
                .write(move |tx| {
                    if let Some(counted) = &counted {
                        correction(tx, counted, now)?;
                    }
                    match event {
                        Some((event, account)) => {
                            event.record(tx, throttle.attempted(&client, account, now))
                        }
                        None => Ok(()),
                    }
                })
                .await
        } else {
            Ok(())
        };
        if let Some(places) = &places {
            self.wake_waiting(places);
        }
        Ok(corrected?)
    }

    /// Resets the failures of an account to which its owner just logged in.
    pub fn reset_on_success(
        &self,
        tx: &mut Tx<'_>,
        reservation: &Reservation,
        user: &User,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.reset(tx, reservation, user, None, now)
    }

    /// Resets the failures of an account whose owner just completed a login with a second factor:
    /// those of second factors too, also if the login came from a device with its own counter.
    pub fn reset_after_second_factor(
        &self,
        tx: &mut Tx<'_>,
        reservation: &Reservation,
        user: &User,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let factors = CounterKey::SecondFactorFailures(user.id);
        let factors = self.0.keys.subject(&factors);
        self.reset(tx, reservation, user, Some(factors), now)
    }

    fn reset(
        &self,
        tx: &mut Tx<'_>,
        reservation: &Reservation,
        user: &User,
        other: Option<Subject>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(places) = &reservation.places else {
            return Ok(());
        };
        refund_networks(tx, places)?;
        let own: Vec<_> = subjects(places).copied().collect();
        let mut all = [&own[..], &self.0.keys.identifiers(user)].concat();
        all.extend(other);
        // One order of row locks, so no two transactions deadlock.
        all.sort_unstable();
        all.dedup();
        for subject in &all {
            failures::reset_on_success(tx, subject, own.contains(subject).into(), now)?;
        }
        users::reset_failures(tx, user.id)
    }

    /// Wakes the attempts that wait for what a login has [reset](Self::reset_on_success).
    pub fn wake_after_reset(&self, reservation: &Reservation, user: &User) {
        if let Some(places) = &reservation.places {
            self.wake_waiting(places);
            self.0.wait_queue.settled(&self.0.keys.identifiers(user));
        }
    }

    fn wake_waiting(&self, places: &Places) {
        let networks = places.in_minute.iter().map(|hit| &hit.share.subject);
        self.0.wait_queue.settled(networks.chain(subjects(places)));
    }
}

fn subjects(places: &Places) -> impl Iterator<Item = &Subject> {
    places.failures.iter().map(|failure| &failure.subject)
}

fn settle(tx: &mut Tx<'_>, places: &Places, _now: Timestamp) -> Result<(), StoreError> {
    for hit in &places.in_minute {
        counters::settle(tx, &hit.share.subject, hit.count)?;
    }
    subjects(places).try_for_each(|subject| failures::settle(tx, subject))
}

fn refund(tx: &mut Tx<'_>, places: &Places) -> Result<(), StoreError> {
    refund_networks(tx, places)?;
    for failure in &places.failures {
        failures::refund(tx, &failure.subject, failure.waits_until)?;
    }
    refund_account(tx, places)
}

fn refund_networks(tx: &mut Tx<'_>, places: &Places) -> Result<(), StoreError> {
    let mut hits = places.in_minute.iter().chain(&places.in_hour);
    hits.try_for_each(|hit| hit.refund(tx))
}

fn refund_account(tx: &mut Tx<'_>, places: &Places) -> Result<(), StoreError> {
    places
        .account
        .map_or(Ok(()), |id| users::refund_failure(tx, id))
}
