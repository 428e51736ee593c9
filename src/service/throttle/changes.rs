//! Changes of an email or username: how many an account and a client IP may make, because each that succeeds costs others a mail or a
//! name.

use super::keys::{Hit, Share, hit_all};
use crate::{
    domain::{
        rate_limit::RateLimits,
        rate_limit::{RateLimit, Subject},
        timestamp::Timestamp,
    },
    service::{Caller, Error, Service},
    store::{Tx, tables::counters},
};

/// A change that was counted before anything is done for it. There is nothing where limits are off.
pub(crate) struct Change(Vec<Hit>);

impl Service {
    /// Counts a change by the caller, unless the account or the client IP has made too many.
    pub(crate) async fn count_change(&self, caller: &Caller) -> Result<Change, Error> {
        let Some(limits) = self.0.limits else {
            return Ok(Change(Vec::new()));
        };
        let now = self.0.clock.now();
        let account = self.subject(
            "changes of an account",
            caller.user.id.to_string().as_bytes(),
        );
        let networks = self.shares(&[b"changes of a network"], &caller.ip);
        let counted = self
            .write(move |tx| count(tx, account, networks, &limits, now))
            .await;
        if let Err(Error::TooMany(exceeded)) = &counted {
            tracing::warn!(event = "change.throttled", user.id = %caller.user.id, client.ip = %caller.ip, limit = exceeded.policy.name, "change of email or username rate-limited");
        }
        counted
    }

    /// Gives the account its change back where nothing was changed. To the client IP it stays counted, so that it bounds wrong passwords
    /// and taken names too.
    pub(crate) async fn refund_change(&self, Change(counted): Change) {
        if counted.is_empty() {
            return;
        }
        let refunded = self
            .write(move |tx| {
                counted.iter().try_for_each(|hit| hit.take_back(tx))?;
                Ok(())
            })
            .await;
        if let Err(error) = refunded {
            tracing::warn!(%error, "a change that was not made stays counted");
        }
    }
}

fn count(
    tx: &mut Tx<'_>,
    account: Subject,
    networks: Vec<Share>,
    limits: &RateLimits,
    now: Timestamp,
) -> Result<Change, Error> {
    let account = vec![Share::whole(account)];
    let counted = count_by(tx, account, RateLimit::changes(limits), now)?;
    count_by(tx, networks, RateLimit::network_changes(limits), now)?;
    Ok(Change(counted))
}

fn count_by(
    tx: &mut Tx<'_>,
    shares: Vec<Share>,
    policy: RateLimit,
    now: Timestamp,
) -> Result<Vec<Hit>, Error> {
    let window = policy.window.unwrap_or_default();
    let rule = counters::CounterRule::at_most(policy.quota.into(), window);
    let full = match hit_all(tx, shares, rule, now)? {
        Ok(counted) => return Ok(counted),
        Err(full) => full,
    };
    let ends_at = counters::count(tx, &full.subject, now)?.map_or(now, |count| count.ends_at);
    Err(policy.exceeded(Some(ends_at.since(now))).into())
}
