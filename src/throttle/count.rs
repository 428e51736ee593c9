//! Counts an attempt as a failure in one transaction before the attempt is made, or refuses it.
//!
//! Rows are locked in one order, client IP, failures, account, so no two attempts deadlock.

use std::time::Duration;

use super::{
    Error, Throttle,
    attempt::Attempt,
    keys::{CounterKey, Hit, NetworkKey, Share},
    places::{FailurePlace, HitError, NoPlace, Places, hit_all},
    proof_of_work::{
        CaptchaCheck,
        suspicion::{self, Suspicion},
    },
};
use crate::{
    domain::{
        account::ids::UserId,
        rate_limit::{FAILURE_MEMORY, LONGEST_WAIT, RateLimit, RateLimits, Subject, wait_after},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::{counters, devices, failures, users},
    },
};

/// The window in which failures of a client IP are counted to refuse the next one. A second window
/// decides whether a proof of work is required.
const NETWORK_WINDOW: Duration = Duration::from_mins(1);

/// The longest time that an attempt takes beyond its wait for a hash. A place whose process died
/// is a failure from then on.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);

impl Throttle {
    /// Takes a place in each counter of the attempt, and consumes its proof of work.
    pub(super) fn take_places(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Places, NoPlace> {
        let (in_minute, in_hour) = self.count_networks(tx, attempt, limits, now)?;
        let device = self.recognized_device(tx, attempt, now)?;
        let shares = device.map_or_else(
            || attempt.counters.clone(),
            |device| vec![Share::whole(device)],
        );
        let suspicion = match &attempt.check {
            Some(check) if check.is_due(true) => {
                suspicion::of_attempt(tx, &in_hour, &in_minute, &shares, now)?
            }
            Some(_) | None => Suspicion::None,
        };
        let failures = self.count_failures(tx, &shares, attempt, limits, now)?;
        let account = attempt.failed_login_of().filter(|_| device.is_none());
        if let Some(id) = account {
            count_consecutive(tx, id, attempt, limits, &failures)?;
        }
        if let Some(check) = &attempt.check {
            consume_proof(tx, check, suspicion)?;
        }
        Ok(Places {
            in_minute,
            in_hour,
            failures,
            account,
        })
    }

    fn count_networks(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<(Vec<Hit>, Vec<Hit>), NoPlace> {
        let limit = RateLimit::network_failures(limits);
        let keys = &self.0.keys;
        let minute = keys.shares(&NetworkKey::FailuresThisMinute, &attempt.client.ip);
        let rule = counters::CounterRule::at_most(limit.quota.into(), NETWORK_WINDOW);
        let rule = rule.settling_in(self.longest_attempt());
        let hour = keys.shares(&NetworkKey::FailuresThisHour, &attempt.client.ip);
        let unlimited = counters::CounterRule::unlimited(suspicion::HOUR);
        let counted = hit_all(tx, minute, rule, now).and_then(|in_minute| {
            let in_hour = hit_all(tx, hour, unlimited, now)?;
            Ok((in_minute, in_hour))
        });
        let full = match counted {
            Ok(counted) => return Ok(counted),
            Err(HitError::Store(error)) => return Err(error.into()),
            Err(HitError::Full(full)) => full.subject,
        };
        let count = counters::count(tx, &full, now)?;
        let retry_after = count.map_or(Duration::ZERO, |count| count.ends_at.since(now));
        let waits_for = count.filter(|count| count.in_flight > 0).map(|_| full);
        Err(NoPlace::refused(
            limit.exceeded(Some(retry_after)),
            waits_for,
        ))
    }

    fn count_failures(
        &self,
        tx: &mut Tx<'_>,
        shares: &[Share],
        attempt: &Attempt,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Vec<FailurePlace>, NoPlace> {
        let limit = attempt.guess.policy(limits);
        let in_a_row = attempt.guess.in_a_row(limits);
        let rule = failures::LockoutRule {
            in_a_row,
            memory: limit.window.unwrap_or(FAILURE_MEMORY),
            longest_wait: LONGEST_WAIT,
            settles_in: self.longest_attempt(),
        };
        let mut counted = Vec::with_capacity(shares.len());
        for share in shares {
            let subject = share.subject;
            let rule = failures::LockoutRule {
                in_a_row: in_a_row.saturating_mul(share.quotas.into()),
                ..rule
            };
            let Some(failed) = failures::count_one(tx, &subject, rule, now)? else {
                return Err(backoff(tx, &subject, limit, limits, now)?);
            };
            let free = share.times(limit.quota.into());
            let waits_until = wait_after(failed.count, free).map(|wait| now.plus(wait));
            if let Some(until) = waits_until {
                failures::set_backoff(tx, &subject, until)?;
            }
            counted.push(FailurePlace {
                subject,
                waits_until,
                is_alone: failed.in_flight == 1,
            });
        }
        Ok(counted)
    }

    /// Returns how long a place may be in flight.
    fn longest_attempt(&self) -> Duration {
        self.0.hash_deadline + LONGEST_ATTEMPT
    }

    /// Returns the counter of a recognized device. Unknown identifiers cost the same lookup.
    fn recognized_device(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Option<Subject>, StoreError> {
        let Some(token) = &attempt.device else {
            return Ok(None);
        };
        let owner = devices::owner(tx, token, now)?;
        let is_recognized = owner.is_some() && owner == attempt.account;
        Ok(is_recognized.then(|| self.0.keys.subject(&CounterKey::DeviceFailures(token))))
    }
}

/// Counts a consecutive failure of the account, unless it is locked out.
fn count_consecutive(
    tx: &mut Tx<'_>,
    account: UserId,
    attempt: &Attempt,
    limits: &RateLimits,
    failures: &[FailurePlace],
) -> Result<(), NoPlace> {
    let most = i64::from(limits.account_failures);
    let most = attempt.counts_lockout.then_some(most);
    if users::count_failure(tx, account, most)? {
        return Ok(());
    }
    let others = failures.iter().find(|failure| !failure.is_alone);
    let exceeded = RateLimit::account_failures(limits).exceeded(None);
    let waits_for = others.map(|failure| failure.subject);
    Err(NoPlace::refused(exceeded, waits_for))
}

/// Consumes the proof of work of a suspicious attempt.
fn consume_proof(
    tx: &mut Tx<'_>,
    check: &CaptchaCheck,
    suspicion: Suspicion,
) -> Result<(), NoPlace> {
    match check.consume(tx, suspicion != Suspicion::None) {
        Ok(()) => Ok(()),
        Err(Error::Store(error)) => Err(error.into()),
        Err(refusal) => {
            let waits_for = suspicion.waits_for().filter(|_| !check.is_due(false));
            Err(NoPlace::refused(refusal, waits_for))
        }
    }
}

/// Returns the refusal of a subject during its backoff, or after too many consecutive failures.
fn backoff(
    tx: &mut Tx<'_>,
    subject: &Subject,
    limit: RateLimit,
    limits: &RateLimits,
    now: Timestamp,
) -> Result<NoPlace, StoreError> {
    let failures = failures::by_subject(tx, subject, now)?;
    let waits_until = failures.map(|failures| failures.waits_until);
    let exceeded = match waits_until.filter(|until| *until > now) {
        Some(until) => limit.exceeded(Some(until.since(now))),
        None => RateLimit::account_failures(limits).exceeded(None),
    };
    let in_flight = failures.filter(|failures| failures.in_flight > 0);
    Ok(NoPlace::refused(exceeded, in_flight.map(|_| *subject)))
}
