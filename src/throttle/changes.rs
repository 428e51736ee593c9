//! The quota of changes of an email or username. Each change costs other people a mail or a name.

use super::{
    Error, Throttle,
    keys::{CounterKey, Hit, NetworkKey, Share},
    places::{HitError, hit_all},
};
use crate::{
    domain::{
        account::ids::UserId,
        client::Client,
        rate_limit::{RateLimit, RateLimits, Subject},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    store::{
        Tx,
        tables::counters::{self, CounterRule},
    },
};

/// A change that was counted before it is made. It is empty where rate limits are off.
#[must_use]
pub struct CountedChange(Vec<Hit>);

impl Throttle {
    /// Counts a change of email or username, unless the account or the client IP made too many.
    pub async fn count_change(
        &self,
        user: UserId,
        client: &Client,
    ) -> Result<CountedChange, Error> {
        let Some(limits) = self.0.limits else {
            return Ok(CountedChange(Vec::new()));
        };
        let now = self.0.clock.now();
        let account = self.0.keys.subject(&CounterKey::Changes(user));
        let networks = self.0.keys.shares(&NetworkKey::Changes, &client.ip);
        let counted = self
            .0
            .database
            .write(move |tx| count(tx, account, networks, &limits, now))
            .await;
        if let Err(Error::TooMany(exceeded)) = &counted {
            let limit = exceeded.policy.name.as_str();
            let event = SecurityEvent::ChangeThrottled { limit };
            let database = &self.0.database;
            database.emit(&event.unrecorded(client.as_owner(user, now)));
        }
        counted
    }

    /// Refunds the account a change that was not made. The client IP gets no refund, so its quota
    /// bounds wrong passwords and lookups of usernames too.
    pub async fn refund_change(&self, CountedChange(counted): CountedChange) {
        if counted.is_empty() {
            return;
        }
        let refunded = self
            .0
            .database
            .write(move |tx| counted.iter().try_for_each(|hit| hit.refund(tx)))
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
) -> Result<CountedChange, Error> {
    let account = vec![Share::whole(account)];
    let counted = count_within(tx, account, RateLimit::changes(limits), now)?;
    count_within(tx, networks, RateLimit::network_changes(limits), now)?;
    Ok(CountedChange(counted))
}

fn count_within(
    tx: &mut Tx<'_>,
    shares: Vec<Share>,
    limit: RateLimit,
    now: Timestamp,
) -> Result<Vec<Hit>, Error> {
    let rule = CounterRule::at_most(limit.quota.into(), limit.window.unwrap_or_default());
    match hit_all(tx, shares, rule, now) {
        Ok(counted) => Ok(counted),
        Err(HitError::Store(error)) => Err(error.into()),
        Err(HitError::Full(full)) => {
            let count = counters::count(tx, &full.subject, now)?;
            let ends_at = count.map_or(now, |count| count.ends_at);
            Err(limit.exceeded(Some(ends_at.since(now))).into())
        }
    }
}
