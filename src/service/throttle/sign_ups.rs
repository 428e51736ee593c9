//! Proofs of work by what a network and an identifier did within the hour: when one is asked for, and how much work it is. It must not
//! know what a proof is.

use std::time::Duration;

use tokio::runtime::Handle;

use super::{
    keys::{Hit, Share},
    proof_of_work::Check,
};
use crate::{
    domain::{
        rate_limit::{FAILURE_MEMORY, Subject},
        timestamp::Timestamp,
    },
    service::{CaptchaChallenge, Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            counters::{self, CounterRule},
            failures,
        },
    },
};

/// How long a network's failures and sign-ups are held against it.
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// Sign-ups of a network, failed log-ins of a network, and failed log-ins with an identifier or from a known device that cost no
/// proof, each within an hour.
const FREE_SIGN_UPS: i64 = 3;
const FREE_NETWORK_FAILURES: i64 = 10;
const FREE_FAILURES: i64 = 3;

impl Service {
    /// A new challenge for a client IP, as hard as the most abusive of its networks deserves.
    pub async fn captcha(&self, ip: &str) -> Result<CaptchaChallenge, Error> {
        let now = self.0.clock.now();
        let (failures, sign_ups) = (self.failures_this_hour(ip), self.sign_ups(ip));
        let abuse = self
            .read(move |tx| {
                let mut most = 0;
                for (failures, sign_ups) in failures.iter().zip(&sign_ups) {
                    let times = times(tx, failures, now)? + times(tx, sign_ups, now)?;
                    most = most.max(times / failures.times(1));
                }
                Ok(u64::try_from(most).unwrap_or(0))
            })
            .await?;
        self.0.captcha.challenge(abuse, now)
    }

    /// Admits a sign-up from this address to hashing. Where a proof of work is asked for, it is used up and the sign-up counted at
    /// once; otherwise both are left to the transaction that makes the account.
    pub(crate) async fn admit_sign_up(
        &self,
        ip: &str,
        captcha: Option<&str>,
    ) -> Result<Admission, Error> {
        let now = self.0.clock.now();
        let is_counted = self.0.limits.is_some();
        let check = self.0.captcha.check(captcha, now);
        if !check.is_due(is_counted) {
            return Ok(Admission(None));
        }
        // What would not be hashed is not counted, nor does it use a proof up.
        self.0.hasher.admits()?;
        let sign_ups = if is_counted {
            self.sign_ups(ip)
        } else {
            Vec::new()
        };
        let uncounted = Uncounted {
            sign_ups,
            check,
            now,
        };
        if self.is_proof_due(uncounted.clone()).await? {
            self.write(move |tx| uncounted.pass(tx)).await?;
            return Ok(Admission(None));
        }
        Ok(Admission(Some(uncounted)))
    }

    /// Whether a proof has to be asked for before anything is hashed. Nobody asks the database of a network that this process saw too
    /// rarely for it: what others saw of it comes to light when its account is made.
    async fn is_proof_due(&self, uncounted: Uncounted) -> Result<bool, Error> {
        if uncounted.check.is_due(false) {
            return Ok(true);
        }
        let (now, mut seen) = (uncounted.now, uncounted.sign_ups);
        seen.retain(|share| {
            self.0.sign_ups_seen.see(&share.subject, now) >= share.times(FREE_SIGN_UPS)
        });
        if seen.is_empty() {
            return Ok(false);
        }
        self.look_up(move |tx| {
            for share in &seen {
                if times(tx, share, now)? >= share.times(FREE_SIGN_UPS) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Counts a sign-up that no account came of.
    pub(crate) async fn count_sign_up(&self, admission: Admission) -> Result<(), Error> {
        match admission {
            Admission(None) => Ok(()),
            Admission(Some(uncounted)) => {
                self.write(move |tx| Ok(uncounted.count(tx)?)).await?;
                Ok(())
            }
        }
    }

    /// The counters of a client IP's sign-ups within the hour.
    fn sign_ups(&self, ip: &str) -> Vec<Share> {
        self.shares(&[b"sign-ups this hour"], ip)
    }

    /// Uses a proof of work up where nothing is counted, if one is asked for all the same.
    pub(crate) async fn prove(&self, check: Option<Check>) -> Result<(), Error> {
        match check {
            Some(check) if check.is_due(false) => {
                self.0.hasher.admits()?;
                self.write(move |tx| check.pass(tx, false)).await
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A sign-up that may be hashed, and what is still to be counted of it.
#[derive(Clone)]
pub(crate) struct Admission(Option<Uncounted>);

#[derive(Clone)]
struct Uncounted {
    /// None where limits are off.
    sign_ups: Vec<Share>,
    check: Check,
    now: Timestamp,
}

impl Admission {
    /// Counts the sign-up in the transaction of what comes of it. Of those that were admitted at once, as many pass without a proof
    /// as would have one after the other; the others are refused.
    pub(crate) fn pass(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match &self.0 {
            Some(uncounted) => uncounted.pass(tx),
            None => Ok(()),
        }
    }

    /// The same while it is hashed.
    pub(crate) fn awaited(self, accounts: &Service) -> Awaited {
        Awaited(accounts.clone(), self.0)
    }
}

/// An admission whose sign-up is being hashed: it is counted where its client goes away meanwhile, or hashing would be free for whoever
/// never waits for the answer.
pub(crate) struct Awaited(Service, Option<Uncounted>);

impl Awaited {
    /// The client is still there.
    pub(crate) fn ended(mut self) -> Admission {
        Admission(self.1.take())
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if let (Some(uncounted), Ok(runtime)) = (self.1.take(), Handle::try_current()) {
            let accounts = self.0.clone();
            runtime.spawn(async move {
                let counted = accounts.count_sign_up(Admission(Some(uncounted)));
                if let Err(error) = counted.await {
                    tracing::warn!(%error, "a sign-up whose client went away could not be counted");
                }
            });
        }
    }
}

impl Uncounted {
    fn pass(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let is_suspicious = self.count(tx)?;
        self.check.pass(tx, is_suspicious)
    }

    /// Counts the sign-up. Returns whether a network has too many to pass without a proof.
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

/// Returns what a counter stands at.
fn times(tx: &mut Tx<'_>, share: &Share, now: Timestamp) -> Result<i64, StoreError> {
    let count = counters::count(tx, &share.subject, now)?;
    Ok(count.map_or(0, |count| count.times))
}

/// How suspicious an attempt is, by the failures of its client IP and of its identifier or device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspicion {
    None,
    /// Only if the attempts in flight at this counter fail.
    InFlight(Subject),
    Certain,
}

impl Suspicion {
    /// Returns the counter that may still clear the attempt.
    pub(crate) const fn waits_for(self) -> Option<Subject> {
        match self {
            Self::InFlight(subject) => Some(subject),
            Self::None | Self::Certain => None,
        }
    }

    /// The stronger of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Certain, _) | (_, Self::None) => self,
            (_, stronger) => stronger,
        }
    }

    /// By failures at a counter, of which so many are in flight.
    fn of(failures: i64, in_flight: i64, most: i64, subject: Subject) -> Self {
        if failures <= most {
            Self::None
        } else if failures - in_flight <= most {
            Self::InFlight(subject)
        } else {
            Self::Certain
        }
    }
}

/// Whether an attempt is asked for a proof. It is counted among the failures of its client IP already, and not yet among others.
pub(crate) fn suspicion(
    tx: &mut Tx<'_>,
    in_hour: &[Hit],
    in_minute: &[Hit],
    shares: &[Share],
    now: Timestamp,
) -> Result<Suspicion, StoreError> {
    let networks = in_hour.iter().zip(in_minute).map(|(hour, minute)| {
        let most = hour.share.times(FREE_NETWORK_FAILURES);
        let others = minute.count.in_flight - 1;
        Suspicion::of(hour.count.times, others, most, minute.share.subject)
    });
    let mut suspicion = networks.fold(Suspicion::None, Suspicion::or);
    let lately = now.plus(FAILURE_MEMORY).minus(HOUR);
    for share in shares {
        if suspicion == Suspicion::Certain {
            break;
        }
        if let Some(failures) = failures::by_subject(tx, &share.subject, now)?
            && failures.forgotten_at > lately
        {
            let most = share.times(FREE_FAILURES) - 1;
            let by_failures =
                Suspicion::of(failures.count, failures.in_flight, most, share.subject);
            suspicion = suspicion.or(by_failures);
        }
    }
    Ok(suspicion)
}
