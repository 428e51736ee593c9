//! Rate limits per client IP, counted in the memory of this process before any other work.
//!
//! These limits protect one replica from a flood. Limits that hold across all replicas are counted
//! in the database, by the use cases.

mod store;

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::{StateInformationMiddleware, StateSnapshot},
};

use crate::domain::{
    client::network::Network,
    rate_limit::{Exceeded, RateLimit, RateLimits},
};
use store::BucketStore;

/// The rate limits of the routes.
pub struct RouteLimits {
    /// Signups.
    pub sign_ups: Limiter,
    /// Logins.
    pub log_ins: Limiter,
    /// Requests for a mail.
    pub mail_requests: Limiter,
    /// New passwords in requests that are rejected for another field.
    pub drafts: Limiter,
}

impl RouteLimits {
    /// Creates limiters with these limits.
    #[must_use]
    pub fn new(limits: &RateLimits) -> Self {
        let limiter = |limit| Limiter::new(limit, store::CAPACITY, &MonotonicClock);
        Self {
            sign_ups: limiter(RateLimit::sign_ups(limits)),
            log_ins: limiter(RateLimit::log_ins(limits)),
            mail_requests: limiter(RateLimit::mail_requests(limits)),
            drafts: limiter(RateLimit::network_failures(limits)),
        }
    }
}

/// One rate limit with the buckets of all networks.
pub struct Limiter<C: Clock = MonotonicClock> {
    /// The limit of one client.
    pub rate_limit: RateLimit,
    buckets: BucketStore,
    /// One limiter for each number of quotas that a network may have. They share the buckets.
    by_quotas: [QuotaLimiter<C>; 3],
}

struct QuotaLimiter<C: Clock> {
    quotas: u8,
    limiter: RateLimiter<Network, BucketStore, C, StateInformationMiddleware>,
}

/// The quota that remains to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemainingQuota {
    /// The number of requests that remain.
    pub left: u32,
    /// The time until the whole quota is available again.
    pub full_in: Duration,
}

impl<C: Clock + Clone> Limiter<C> {
    fn new(rate_limit: RateLimit, capacity: usize, clock: &C) -> Self {
        let buckets = BucketStore::new(capacity);
        let by_quotas = Network::QUOTAS.map(|quotas| {
            let quota = NonZeroU32::new(rate_limit.quota.saturating_mul(quotas.into()));
            let quota = Quota::per_minute(quota.unwrap_or(NonZeroU32::MIN));
            let limiter = RateLimiter::new(quota, buckets.clone(), clock.clone());
            QuotaLimiter { quotas, limiter }
        });
        Self {
            rate_limit,
            buckets,
            by_quotas,
        }
    }

    /// Counts a request for each of the client's networks. Returns the smallest remaining quota of
    /// these networks.
    ///
    /// The narrowest network is counted first. A request that it rejects does not count for the
    /// wider networks, which other clients share.
    pub fn check(&self, networks: &[Network]) -> Result<Option<RemainingQuota>, Exceeded> {
        let mut least: Option<RemainingQuota> = None;
        for QuotaLimiter { quotas, limiter } in &self.by_quotas {
            if self.buckets.is_sweep_due() {
                limiter.retain_recent();
            }
            for network in networks
                .iter()
                .filter(|network| network.quotas() == *quotas)
            {
                let state = limiter.check_key(network).map_err(|not_until| {
                    let wait = not_until.wait_time_from(limiter.clock().now());
                    self.rate_limit.exceeded(Some(wait))
                })?;
                if least.is_none_or(|least| state.remaining_burst_capacity() < least.left) {
                    least = Some(remaining(&state));
                }
            }
        }
        Ok(least)
    }
}

fn remaining(state: &StateSnapshot) -> RemainingQuota {
    let left = state.remaining_burst_capacity();
    let used = state.quota().burst_size().get().saturating_sub(left);
    RemainingQuota {
        left,
        full_in: state.quota().replenish_interval().saturating_mul(used),
    }
}

#[cfg(test)]
mod tests;
