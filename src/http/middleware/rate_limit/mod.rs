//! The shield in front of the routes that cost a hash or leave a row: so many requests a minute from one network, counted in this process's memory
//! before anything else is done for them; it must not know what the routes do.
//!
//! It keeps one machine from being flooded. What has to hold for all replicas together is counted in the database, by the use cases.

mod buckets;

use std::num::NonZeroU32;

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::{StateInformationMiddleware, StateSnapshot},
};

use crate::{
    domain::{
        network::Network,
        rate_limit::RateLimits,
        rate_limit::{Exceeded, RateLimit},
    },
    http::{
        extract::client,
        problem::{Problem, rate_limit_headers},
    },
};
use buckets::Buckets;

/// The shields: one for sign-ups, one for log-ins, one for requests for mail, and one for new passwords in requests that are refused
/// anyway.
pub struct Shields {
    sign_ups: Shield<MonotonicClock>,
    log_ins: Shield<MonotonicClock>,
    mail_requests: Shield<MonotonicClock>,
    drafts: Shield<MonotonicClock>,
}

impl Shields {
    /// Shields of these limits.
    #[must_use]
    pub fn new(limits: &RateLimits) -> Self {
        Self {
            sign_ups: Shield::new(
                RateLimit::sign_ups(limits),
                buckets::CAPACITY,
                &MonotonicClock,
            ),
            log_ins: Shield::new(
                RateLimit::log_ins(limits),
                buckets::CAPACITY,
                &MonotonicClock,
            ),
            mail_requests: Shield::new(
                RateLimit::mail_requests(limits),
                buckets::CAPACITY,
                &MonotonicClock,
            ),
            drafts: Shield::new(
                RateLimit::network_failures(limits),
                buckets::CAPACITY,
                &MonotonicClock,
            ),
        }
    }

    /// Counts a new password that is to be judged beside refused fields.
    pub(crate) fn admit_draft(&self, networks: &[Network]) -> Result<(), Exceeded> {
        self.drafts.check(networks).map(drop)
    }
}

/// Stands in front of the sign-up.
pub async fn sign_ups(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    behind(|shields| &shields.sign_ups, request, next).await
}

/// Stands in front of the log-in.
pub async fn log_ins(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    behind(|shields| &shields.log_ins, request, next).await
}

/// Stands in front of the routes that request a mail. They share one quota.
pub async fn mail_requests(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    behind(|shields| &shields.mail_requests, request, next).await
}

/// Without shields everything passes.
async fn behind(
    which: fn(&Shields) -> &Shield<MonotonicClock>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(shields) = request.app_data::<web::Data<Shields>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let shield = which(&shields);
    let networks = Network::all_of_text(&client::address(request.request()));
    match shield.check(&networks) {
        Ok(state) => {
            let mut response = next.call(request).await?.map_into_boxed_body();
            let headers = response.headers_mut();
            append(
                headers,
                rate_limit_headers::POLICY,
                &rate_limit_headers::policy(&shield.policy),
            );
            append(headers, rate_limit_headers::STATE, &state);
            Ok(response)
        }
        Err(exceeded) => Ok(request.error_response(Problem::too_many(exceeded))),
    }
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}

struct Shield<C: Clock> {
    policy: RateLimit,
    buckets: Buckets,
    /// One for each number of quotas that a network may have. They share the buckets.
    limiters: [Limiter<C>; 3],
}

struct Limiter<C: Clock> {
    quotas: u8,
    limiter: RateLimiter<Network, Buckets, C, StateInformationMiddleware>,
}

impl<C: Clock + Clone> Shield<C> {
    fn new(policy: RateLimit, capacity: usize, clock: &C) -> Self {
        let buckets = Buckets::new(capacity);
        let limiters = Network::QUOTAS.map(|quotas| {
            let quota = NonZeroU32::new(policy.quota.saturating_mul(quotas.into()));
            let quota = Quota::per_minute(quota.unwrap_or(NonZeroU32::MIN));
            let limiter = RateLimiter::new(quota, buckets.clone(), clock.clone());
            Limiter { quotas, limiter }
        });
        Self {
            policy,
            buckets,
            limiters,
        }
    }

    /// Returns what is left of the quota, as it is told: that of the network which has the least left.
    ///
    /// The narrowest network is asked first. What it refuses does not count for the wider ones, which other clients share.
    fn check(&self, networks: &[Network]) -> Result<String, Exceeded> {
        let mut least: Option<StateSnapshot> = None;
        for Limiter { quotas, limiter } in &self.limiters {
            if self.buckets.are_due() {
                limiter.retain_recent();
            }
            for network in networks
                .iter()
                .filter(|network| network.quotas() == *quotas)
            {
                let state = limiter.check_key(network).map_err(|not_until| {
                    let wait = not_until.wait_time_from(limiter.clock().now());
                    self.policy.exceeded(Some(wait))
                })?;
                let left = |state: &StateSnapshot| state.remaining_burst_capacity();
                if least
                    .as_ref()
                    .is_none_or(|least| left(&state) < left(least))
                {
                    least = Some(state);
                }
            }
        }
        Ok(least.map_or_else(String::new, |state| self.told(&state)))
    }

    fn told(&self, state: &StateSnapshot) -> String {
        let left = state.remaining_burst_capacity();
        let used = state.quota().burst_size().get().saturating_sub(left);
        let whole_in = state.quota().replenish_interval().saturating_mul(used);
        rate_limit_headers::state(&self.policy, left, whole_in)
    }
}

#[cfg(test)]
mod tests;
