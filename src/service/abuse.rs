//! Proofs of work by what a network and an identifier did within the hour: when one is asked for, and how much work it is. It must not
//! know what a proof is.

use std::time::Duration;

use tokio::runtime::Handle;

use super::{Accounts, Challenge, Error, captcha::Check};
use crate::{
    domain::{
        limit::{FAILURE_MEMORY, Subject},
        network::Network,
        time::Timestamp,
    },
    store::{
        StoreError, Tx,
        counters::{self, Count, Rule},
        failures,
    },
};

/// How long a network's failures and sign-ups are held against it.
pub(super) const HOUR: Duration = Duration::from_hours(1);

/// Sign-ups of a network, failed log-ins of a network, and failed log-ins with an identifier or from a known device that cost no
/// proof, each within an hour.
const FREE_SIGN_UPS: i64 = 3;
const FREE_NETWORK_FAILURES: i64 = 10;
const FREE_FAILURES: i64 = 3;

impl Accounts {
    /// A new challenge for whoever asks from this address.
    pub async fn captcha(&self, ip: &str) -> Result<Challenge, Error> {
        let now = self.0.clock.now();
        let network = Network::of_text(ip);
        let counted = [self.network_hour(network), self.sign_ups(network)];
        let abuse = self
            .read(move |tx| {
                counted.iter().try_fold(0_u64, |sum, subject| {
                    let times = counters::count(tx, subject, now)?.map_or(0, |count| count.times);
                    Ok(sum.saturating_add(u64::try_from(times).unwrap_or(0)))
                })
            })
            .await?;
        self.0.captcha.challenge(abuse, now)
    }

    /// Admits a sign-up from this address to hashing. Where a proof of work is asked for, it is used up and the sign-up counted at
    /// once; otherwise both are left to the transaction that makes the account.
    pub(super) async fn admit_sign_up(
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
        let subject = is_counted.then(|| self.sign_ups(Network::of_text(ip)));
        let uncounted = Uncounted {
            subject,
            check,
            now,
        };
        if self.is_proof_due(uncounted.clone()).await? {
            self.write_unless(move |tx| uncounted.pass(tx)).await?;
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
        let Some(subject) = uncounted.subject else {
            return Ok(false);
        };
        if self.0.sign_ups_seen.see(&subject, uncounted.now) < FREE_SIGN_UPS {
            return Ok(false);
        }
        let now = uncounted.now;
        let count = self.look_up(move |tx| counters::count(tx, &subject, now));
        Ok(count
            .await?
            .is_some_and(|count| count.times >= FREE_SIGN_UPS))
    }

    /// Counts a sign-up that no account came of.
    pub(super) async fn count_sign_up(&self, admission: Admission) -> Result<(), Error> {
        match admission {
            Admission(None) => Ok(()),
            Admission(Some(uncounted)) => {
                self.write(move |tx| uncounted.count(tx)).await?;
                Ok(())
            }
        }
    }

    /// What a network's sign-ups of the last hour are counted under.
    fn sign_ups(&self, network: Network) -> Subject {
        self.subject("sign-ups this hour", network.as_bytes())
    }

    /// Uses a proof of work up where nothing is counted, if one is asked for all the same.
    pub(super) async fn prove(&self, check: Option<Check>) -> Result<(), Error> {
        match check {
            Some(check) if check.is_due(false) => {
                self.0.hasher.admits()?;
                self.write_unless(move |tx| check.pass(tx, false)).await
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A sign-up that may be hashed, and what is still to be counted of it.
#[derive(Clone)]
pub(super) struct Admission(Option<Uncounted>);

#[derive(Clone)]
struct Uncounted {
    subject: Option<Subject>,
    check: Check,
    now: Timestamp,
}

impl Admission {
    /// Counts the sign-up in the transaction of what comes of it. Of those that were admitted at once, as many pass without a proof
    /// as would have one after the other; the inner error refuses the others.
    pub(super) fn pass(&self, tx: &mut Tx<'_>) -> Result<Result<(), Error>, StoreError> {
        match &self.0 {
            Some(uncounted) => uncounted.pass(tx),
            None => Ok(Ok(())),
        }
    }

    /// The same while it is hashed.
    pub(super) fn awaited(self, accounts: &Accounts) -> Awaited {
        Awaited(accounts.clone(), self.0)
    }
}

/// An admission whose sign-up is being hashed: it is counted where its client goes away meanwhile, or hashing would be free for whoever
/// never waits for the answer.
pub(super) struct Awaited(Accounts, Option<Uncounted>);

impl Awaited {
    /// The client is still there.
    pub(super) fn ended(mut self) -> Admission {
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
    fn pass(&self, tx: &mut Tx<'_>) -> Result<Result<(), Error>, StoreError> {
        let times = self.count(tx)?;
        self.check.pass(tx, times > FREE_SIGN_UPS)
    }

    fn count(&self, tx: &mut Tx<'_>) -> Result<i64, StoreError> {
        let Some(subject) = &self.subject else {
            return Ok(0);
        };
        let counted = counters::first_hit(tx, subject, Rule::unlimited(HOUR), self.now)?;
        Ok(counted.map_or(0, |count| count.times))
    }
}

/// Whether a try at a password is asked for a proof, after the failures of its network and of whom it is counted for.
pub(super) fn is_suspicious(
    tx: &mut Tx<'_>,
    network: Option<Count>,
    subject: &Subject,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if network.is_some_and(|network| network.times > FREE_NETWORK_FAILURES) {
        return Ok(true);
    }
    let lately = now.plus(FAILURE_MEMORY).minus(HOUR);
    let failures = failures::by_subject(tx, subject)?;
    Ok(failures
        .is_some_and(|failures| failures.count >= FREE_FAILURES && failures.forgotten_at > lately))
}
