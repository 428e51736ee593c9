//! What becomes of an attempt's places: settled where it failed, taken back where nothing was tried, forgiven where it was right.

use super::{counting::Counted, reservation::Reservation};
use crate::{
    domain::{account::user::User, rate_limit::Subject, timestamp::Timestamp},
    service::Service,
    store::{
        StoreError, Tx,
        tables::{counters, devices, failures, users},
    },
};

type Correction = fn(&mut Tx<'_>, &Counted, Timestamp) -> Result<(), StoreError>;

impl Service {
    /// The attempt failed: its places are failures from now on, and attempts that wait for them are refused.
    pub(crate) async fn settle(&self, reservation: Reservation) -> Reservation {
        self.correct(reservation, settle).await;
        Reservation(None)
    }

    /// Takes the places back: nothing was tried. Where that fails there is one failure too many, and that is all.
    pub(crate) async fn take_back(&self, reservation: Reservation) {
        self.correct(reservation, |tx, counted, _now| take_back(tx, counted))
            .await;
    }

    /// Takes the places back and forgets the failures of the same kind: a caller has confirmed something, or a code was right.
    pub(crate) async fn confirm(&self, reservation: Reservation) {
        self.correct(reservation, |tx, counted, now| {
            take_back_networks(tx, counted)?;
            for failure in &counted.failures {
                failures::reset_on_success(tx, &failure.subject, 1, now)?;
            }
            take_back_account(tx, counted)
        })
        .await;
    }

    async fn correct(&self, reservation: Reservation, correction: Correction) {
        let Reservation(Some(counted)) = reservation else {
            return;
        };
        let (places, now) = (counted.clone(), self.0.clock.now());
        if let Err(error) = self
            .write(move |tx| Ok(correction(tx, &places, now)?))
            .await
        {
            tracing::warn!(%error, "the places of an attempt stay counted as failures");
        }
        self.make_way(&counted);
    }

    /// Forgives the failures of an account that its owner just logged in to.
    pub(crate) fn forgive(
        &self,
        tx: &mut Tx<'_>,
        reservation: &Reservation,
        user: &User,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Reservation(Some(counted)) = reservation else {
            return Ok(());
        };
        take_back_networks(tx, counted)?;
        let own: Vec<_> = subjects(counted).copied().collect();
        let mut all = [&own[..], &self.identifier_subjects(user)].concat();
        // One order of locks, so that no two transactions wait for each other.
        all.sort_unstable();
        all.dedup();
        for subject in &all {
            failures::reset_on_success(tx, subject, own.contains(subject).into(), now)?;
        }
        users::reset_failures(tx, user.id)
    }

    /// Lets attempts try again that wait for what a login has [forgiven](Self::forgive).
    pub(crate) fn is_forgiven(&self, reservation: &Reservation, user: &User) {
        if let Reservation(Some(counted)) = reservation {
            self.make_way(counted);
            self.0.waiting.settled(&self.identifier_subjects(user));
        }
    }

    fn make_way(&self, counted: &Counted) {
        let networks = counted.in_minute.iter().map(|hit| &hit.share.subject);
        self.0.waiting.settled(networks.chain(subjects(counted)));
    }

    /// Forgives every failure of an account: those of strangers, in confirmations and from recognized devices. Wrong codes are not
    /// forgiven: a reset of the account's own password would buy further guesses at the code of another mailbox.
    pub(crate) fn forgive_all(&self, tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
        let known = devices::list_by_user(tx, user.id)?;
        let mut subjects: Vec<_> = known
            .iter()
            .map(|token| self.device_subject(token))
            .collect();
        subjects.extend(self.identifier_subjects(user));
        subjects.push(self.confirmation_subject(user.id));
        subjects.push(self.link_subject(user.email.key()));
        failures::delete_all(tx, subjects)?;
        users::reset_failures(tx, user.id)
    }
}

fn subjects(counted: &Counted) -> impl Iterator<Item = &Subject> {
    counted.failures.iter().map(|failure| &failure.subject)
}

fn settle(tx: &mut Tx<'_>, counted: &Counted, _now: Timestamp) -> Result<(), StoreError> {
    for hit in &counted.in_minute {
        counters::settle(tx, &hit.share.subject, hit.count)?;
    }
    subjects(counted).try_for_each(|subject| failures::settle(tx, subject))
}

fn take_back(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    take_back_networks(tx, counted)?;
    for failure in &counted.failures {
        failures::refund(tx, &failure.subject, failure.waits_until)?;
    }
    take_back_account(tx, counted)
}

fn take_back_networks(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    let mut hits = counted.in_minute.iter().chain(&counted.in_hour);
    hits.try_for_each(|hit| hit.take_back(tx))
}

fn take_back_account(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    counted
        .account
        .map_or(Ok(()), |id| users::refund_failure(tx, id))
}
