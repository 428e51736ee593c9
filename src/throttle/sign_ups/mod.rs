//! Signups of a client IP: each is counted within the hour, and further ones have to present a
//! proof of work.

pub(super) mod approx_counter;

use tokio::runtime::Handle;

use super::{
    Error, Throttle,
    keys::{NetworkKey, Share},
    proof_of_work::{
        CaptchaCheck,
        suspicion::{HOUR, times},
    },
};
use crate::{
    domain::timestamp::Timestamp,
    store::{
        StoreError, Tx,
        tables::counters::{self, CounterRule},
    },
};

/// Signups of a client IP within an hour that require no proof.
const FREE_SIGN_UPS: i64 = 3;

/// A signup that may be hashed, and what of it is still to be counted.
#[derive(Clone)]
#[must_use]
pub struct SignUpPermit(Option<PendingCount>);

/// A signup that is counted when its account is created.
#[derive(Clone)]
struct PendingCount {
    /// Empty where rate limits are off.
    sign_ups: Vec<Share>,
    check: CaptchaCheck,
    now: Timestamp,
}

/// Counts the signup of a permit if it is dropped while the password is hashed: hashing would be
/// free for a client that closes its connection early.
#[must_use]
pub struct CountOnDrop(Throttle, Option<PendingCount>);

impl Throttle {
    /// Permits a signup of a client IP to be hashed. Where a proof of work is required, it is
    /// consumed and the signup counted at once. Otherwise the transaction that creates the account
    /// does both.
    pub async fn permit_sign_up(
        &self,
        ip: &str,
        captcha: Option<&str>,
    ) -> Result<SignUpPermit, Error> {
        let now = self.0.clock.now();
        let check = self.0.captcha.check(captcha, now);
        if !check.is_due(self.is_on()) {
            return Ok(SignUpPermit(None));
        }
        self.refuse_overload()?;
        let sign_ups = if self.is_on() {
            self.0.keys.shares(&NetworkKey::SignUpsThisHour, ip)
        } else {
            Vec::new()
        };
        let pending = PendingCount {
            sign_ups,
            check,
            now,
        };
        if self.is_proof_due(pending.clone()).await? {
            let database = &self.0.database;
            database.write(move |tx| pending.consume(tx)).await?;
            return Ok(SignUpPermit(None));
        }
        Ok(SignUpPermit(Some(pending)))
    }

    /// Returns whether a proof is required before anything is hashed. The database is not queried
    /// for a client IP that this process saw too rarely: signups that other replicas saw are found
    /// when the account is created.
    async fn is_proof_due(&self, pending: PendingCount) -> Result<bool, Error> {
        if pending.check.is_due(false) {
            return Ok(true);
        }
        let (now, mut seen) = (pending.now, pending.sign_ups);
        seen.retain(|share| {
            self.0.sign_ups_seen.increment(&share.subject, now) >= share.times(FREE_SIGN_UPS)
        });
        if seen.is_empty() {
            return Ok(false);
        }
        self.0
            .database
            .read_inline(move |tx| {
                for share in &seen {
                    if times(tx, share, now)? >= share.times(FREE_SIGN_UPS) {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
    }

    /// Counts a signup that created no account.
    pub async fn count_sign_up(&self, permit: SignUpPermit) -> Result<(), Error> {
        if let SignUpPermit(Some(pending)) = permit {
            let database = &self.0.database;
            database
                .write(move |tx| -> Result<bool, Error> { Ok(pending.count(tx)?) })
                .await?;
        }
        Ok(())
    }
}

impl SignUpPermit {
    /// Counts the signup in the transaction that creates its account. Of those that arrive at once,
    /// as many need no proof as would need none one after the other; the others are refused.
    pub fn consume(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match &self.0 {
            Some(pending) => pending.consume(tx),
            None => Ok(()),
        }
    }

    /// The same permit while the password is hashed.
    pub fn count_on_drop(self, throttle: &Throttle) -> CountOnDrop {
        CountOnDrop(throttle.clone(), self.0)
    }
}

impl CountOnDrop {
    /// Returns the permit, after hashing.
    pub fn into_permit(mut self) -> SignUpPermit {
        SignUpPermit(self.1.take())
    }
}

impl Drop for CountOnDrop {
    fn drop(&mut self) {
        if let (Some(pending), Ok(runtime)) = (self.1.take(), Handle::try_current()) {
            let throttle = self.0.clone();
            runtime.spawn(async move {
                let counted = throttle.count_sign_up(SignUpPermit(Some(pending)));
                if let Err(error) = counted.await {
                    tracing::warn!(%error, "a signup whose client disconnected was not counted");
                }
            });
        }
    }
}

impl PendingCount {
    fn consume(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let is_suspicious = self.count(tx)?;
        self.check.consume(tx, is_suspicious)
    }

    /// Counts the signup. Returns whether a network has too many to need no proof.
    fn count(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let (rule, now) = (CounterRule::unlimited(HOUR), self.now);
        let mut are_too_many = false;
        for share in &self.sign_ups {
            let counted = counters::first_hit(tx, &share.subject, rule, now)?;
            let times = counted.map_or(0, |count| count.times);
            are_too_many |= times > share.times(FREE_SIGN_UPS);
        }
        Ok(are_too_many)
    }
}
