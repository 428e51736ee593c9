//! What becomes of a try that was counted: taken back where nothing was tried, forgiven where it was right; it must not know what
//! is counted, and when it refuses.

use super::Accounts;
use crate::{
    domain::{
        limit::Subject,
        time::Timestamp,
        user::{User, UserId},
    },
    store::{
        StoreError, Tx,
        counters::{self, Count},
        devices, failures, users,
    },
};

/// A try that was counted as a failure before it is one. Nothing is counted where limits are off.
#[derive(Clone)]
pub(super) struct Reservation(pub(super) Option<Counted>);

/// What was counted of a try, and under what.
#[derive(Clone)]
pub(super) struct Counted {
    pub(super) in_minute: (Subject, Count),
    pub(super) in_hour: (Subject, Option<Count>),
    pub(super) subject: Subject,
    pub(super) waits_until: Option<Timestamp>,
    pub(super) account: Option<UserId>,
    pub(super) has_known_device: bool,
}

impl Reservation {
    /// Whether it came from a device that the account was used from before.
    pub(super) fn has_known_device(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|counted| counted.has_known_device)
    }
}

impl Accounts {
    /// Takes a reservation back: nothing was tried. A failure of it leaves one failure too many, and that is all.
    pub(super) async fn take_back(&self, reservation: Reservation) {
        self.correct(reservation, uncount).await;
    }

    /// Forgives the failures in confirmations of a caller who just confirmed something.
    pub(super) async fn confirm(&self, reservation: Reservation) {
        self.correct(reservation, |tx, counted| {
            uncount(tx, counted)?;
            failures::forget(tx, vec![counted.subject])
        })
        .await;
    }

    async fn correct(
        &self,
        reservation: Reservation,
        correction: fn(&mut Tx<'_>, &Counted) -> Result<(), StoreError>,
    ) {
        if let Reservation(Some(counted)) = reservation
            && let Err(error) = self.write(move |tx| correction(tx, &counted)).await
        {
            tracing::warn!(%error, "a failure that was none stays counted");
        }
    }

    /// Forgives the failures of an account that its owner just logged in to.
    pub(super) fn forgive(
        &self,
        tx: &mut Tx<'_>,
        reservation: &Reservation,
        user: &User,
    ) -> Result<(), StoreError> {
        let Reservation(Some(counted)) = reservation else {
            return Ok(());
        };
        uncount_network(tx, counted)?;
        let [name, address] = self.identifier_subjects(user);
        failures::forget(tx, vec![counted.subject, name, address])?;
        users::forget_failures(tx, user.id)
    }

    /// Forgives every failure of an account: those of strangers, in confirmations and from known devices.
    pub(super) fn forgive_all(&self, tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
        let known = devices::list_by_user(tx, user.id)?;
        let mut subjects: Vec<_> = known
            .iter()
            .map(|token| self.device_subject(token))
            .collect();
        subjects.extend(self.identifier_subjects(user));
        subjects.push(self.confirmation_subject(user.id));
        subjects.push(self.mailbox_subject(user.email.key()));
        failures::forget(tx, subjects)?;
        users::forget_failures(tx, user.id)
    }
}

fn uncount(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    uncount_network(tx, counted)?;
    failures::take_back(tx, &counted.subject, counted.waits_until)?;
    counted
        .account
        .map_or(Ok(()), |id| users::take_failure_back(tx, id))
}

fn uncount_network(tx: &mut Tx<'_>, counted: &Counted) -> Result<(), StoreError> {
    let (minute, in_minute) = &counted.in_minute;
    counters::take_back(tx, minute, *in_minute)?;
    let (hour, in_hour) = &counted.in_hour;
    in_hour.map_or(Ok(()), |in_hour| counters::take_back(tx, hour, in_hour))
}
