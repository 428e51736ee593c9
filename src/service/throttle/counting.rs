//! How an attempt is counted as a failure before it is one, in one transaction, and which limit refuses it.
//!
//! Everything is counted under keyed digests, for unknown identifiers like for accounts. Rows are always locked in the order client
//! IP, failures, account, so that no two attempts wait for each other.

use std::time::Duration;

use super::{
    attempt::Attempt,
    keys::{Hit, Share, hit_all},
    sign_ups::{self, Suspicion},
};
use crate::{
    blocking::Interrupted,
    domain::{
        account::ids::UserId,
        rate_limit::RateLimits,
        rate_limit::{FAILURE_MEMORY, LONGEST_WAIT, RateLimit, Subject, wait_after},
        timestamp::Timestamp,
    },
    service::{Error, Service},
    store::{
        StoreError, TransactionError, Tx,
        tables::{counters, devices, failures, users},
    },
};

/// The window in which failures of a client IP are counted to refuse the next; there is another to ask for a proof of work.
const NETWORK_WINDOW: Duration = Duration::from_mins(1);

/// How long an attempt takes beyond its wait for a hash, at most. A place whose process has died is a failure from then on.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);

/// The counters that an attempt has a place in.
#[derive(Clone)]
pub(crate) struct Counted {
    pub(crate) in_minute: Vec<Hit>,
    pub(crate) in_hour: Vec<Hit>,
    pub(crate) failures: Vec<Failure>,
    pub(crate) account: Option<UserId>,
    pub(crate) has_known_device: bool,
}

/// A place among failures.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) subject: Subject,
    /// The end of the wait that it causes.
    pub(crate) waits_until: Option<Timestamp>,
    is_alone: bool,
}

/// Why an attempt has no place.
pub(crate) struct Refused {
    pub(crate) error: Error,
    /// The counter in which an attempt in flight may make room.
    pub(crate) waits_for: Option<Subject>,
}

/// Why an attempt was not counted.
pub(crate) enum Stop {
    Refused(Refused),
    Failed(Error),
}

impl Service {
    /// Takes the attempt's places, if there is one in each counter.
    pub(crate) fn count(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Counted, Stop> {
        let (in_minute, in_hour) = self.count_networks(tx, attempt, limits, now)?;
        let device = self.known_device(tx, attempt, now)?;
        let shares = device.map_or_else(
            || attempt.counters.clone(),
            |device| vec![Share::whole(device)],
        );
        let suspicion = match &attempt.check {
            Some(check) if check.is_due(true) => {
                sign_ups::suspicion(tx, &in_hour, &in_minute, &shares, now)?
            }
            Some(_) | None => Suspicion::None,
        };
        let failures = self.count_failures(tx, &shares, attempt, limits, now)?;
        let account = attempt.account.filter(|_| device.is_none());
        let most = i64::from(limits.account_failures);
        let most = attempt.is_strangers.then_some(most);
        if let Some(id) = account
            && !users::count_failure(tx, id, most)?
        {
            let others = failures.iter().find(|failure| !failure.is_alone);
            let exceeded = RateLimit::account_failures(limits).exceeded(None);
            return Err(refused(exceeded, others.map(|failure| failure.subject)));
        }
        if let Some(check) = &attempt.check {
            check
                .pass(tx, suspicion != Suspicion::None)
                .map_err(|error| match error {
                    Error::CaptchaRequired | Error::CaptchaInvalid => {
                        let waits_for = suspicion.waits_for().filter(|_| !check.is_due(false));
                        refused(error, waits_for)
                    }
                    failure => Stop::Failed(failure),
                })?;
        }
        Ok(Counted {
            in_minute,
            in_hour,
            failures,
            account,
            has_known_device: device.is_some(),
        })
    }

    fn count_networks(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<(Vec<Hit>, Vec<Hit>), Stop> {
        let policy = RateLimit::network_failures(limits);
        let minute = self.shares(&[b"failures of a network in a minute"], &attempt.ip);
        let rule = counters::CounterRule::at_most(policy.quota.into(), NETWORK_WINDOW);
        let rule = rule.settling_in(self.longest_attempt());
        let hour = self.failures_this_hour(&attempt.ip);
        let unlimited = counters::CounterRule::unlimited(sign_ups::HOUR);
        let full = match hit_all(tx, minute, rule, now)? {
            Ok(in_minute) => match hit_all(tx, hour, unlimited, now)? {
                Ok(in_hour) => return Ok((in_minute, in_hour)),
                Err(full) => full.subject,
            },
            Err(full) => full.subject,
        };
        let count = counters::count(tx, &full, now)?;
        let retry_after = count.map_or(Duration::ZERO, |count| count.ends_at.since(now));
        let waits_for = count.filter(|count| count.in_flight > 0).map(|_| full);
        Err(refused(policy.exceeded(Some(retry_after)), waits_for))
    }

    fn count_failures(
        &self,
        tx: &mut Tx<'_>,
        shares: &[Share],
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Vec<Failure>, Stop> {
        let policy = attempt.guess.policy(limits);
        let rule = failures::LockoutRule {
            in_a_row: attempt.guess.in_a_row(limits),
            memory: policy.window.unwrap_or(FAILURE_MEMORY),
            longest_wait: LONGEST_WAIT,
            settles_in: self.longest_attempt(),
        };
        let mut counted = Vec::with_capacity(shares.len());
        for share in shares {
            let subject = share.subject;
            let Some(failed) = failures::count_one(tx, &subject, rule, now)? else {
                return Err(has_failed_too_often(tx, &subject, policy, limits, now)?);
            };
            let free = share.times(policy.quota.into());
            let waits_until = wait_after(failed.count, free).map(|wait| now.plus(wait));
            if let Some(until) = waits_until {
                failures::set_backoff(tx, &subject, until)?;
            }
            counted.push(Failure {
                subject,
                waits_until,
                is_alone: failed.in_flight == 1,
            });
        }
        Ok(counted)
    }

    /// How long a place may be in flight.
    fn longest_attempt(&self) -> Duration {
        self.0.hash_deadline + LONGEST_ATTEMPT
    }

    /// Returns the counter of a recognized device. The same look-up is made for unknown identifiers.
    fn known_device(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Option<Subject>, StoreError> {
        let Some(token) = &attempt.device else {
            return Ok(None);
        };
        let owner = devices::owner(tx, token, now)?;
        Ok((owner.is_some() && owner == attempt.account).then(|| self.device_subject(token)))
    }
}

/// The refusal of a subject that has to wait, or has failed too often in a row.
fn has_failed_too_often(
    tx: &mut Tx<'_>,
    subject: &Subject,
    policy: RateLimit,
    limits: &RateLimits,
    now: Timestamp,
) -> Result<Stop, StoreError> {
    let failures = failures::by_subject(tx, subject, now)?;
    let waits_until = failures.map(|failures| failures.waits_until);
    let exceeded = match waits_until.filter(|until| *until > now) {
        Some(until) => policy.exceeded(Some(until.since(now))),
        None => RateLimit::account_failures(limits).exceeded(None),
    };
    let in_flight = failures.filter(|failures| failures.in_flight > 0);
    Ok(refused(exceeded, in_flight.map(|_| *subject)))
}

fn refused(error: impl Into<Error>, waits_for: Option<Subject>) -> Stop {
    let error = error.into();
    Stop::Refused(Refused { error, waits_for })
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Interrupted> for Stop {
    fn from(interrupted: Interrupted) -> Self {
        Self::Failed(interrupted.into())
    }
}

impl TransactionError for Stop {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Refused(_) => None,
            Self::Failed(error) => error.store_error(),
        }
    }
}
