//! Throttling: rate limits on attempts, signups, changes and mails, lockouts, and proofs of work.
//!
//! An attempt takes a place in each counter that it would fail in before anything is hashed, so
//! attempts that arrive at once cannot pass a limit together (OWASP ASVS 5.0, 6.3.1). Every counter
//! has a digest as its key, and unknown identifiers are counted like existing accounts.

mod attempt;
mod bounds;
mod changes;
mod count;
mod error;
mod keys;
mod mail_quota;
mod places;
mod proof_of_work;
mod reservation;
mod settlement;
mod sign_ups;
mod tries;
mod wait_queue;

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    clock::Clock,
    database::Database,
    domain::{credential::secret::Secret, modes::CaptchaMode, rate_limit::RateLimits},
};
use bounds::{roll_up::RolledUpRows, row_cap::RowCaps, sampling::SampledSubjects};
use keys::CounterKeys;
use proof_of_work::Captcha;
use sign_ups::approx_counter::ApproxCounter;
use wait_queue::WaitQueue;

pub use attempt::Attempt;
pub use bounds::row_cap::CappedRows;
pub use error::Error;
pub use mail_quota::{CountedMail, MailQuota};
pub use proof_of_work::{CaptchaChallenge, CaptchaCheck};
pub use reservation::Reservation;
pub use settlement::Lockout;
pub use sign_ups::SignUpPermit;

/// Returns when a request should be sent again while hashing is overloaded, and `None` otherwise.
pub type Overload = Box<dyn Fn() -> Option<Duration> + Send + Sync>;

/// Settings of the throttle.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The rate limits; `None` switches all of them off.
    pub limits: Option<RateLimits>,
    /// When a proof of work is required.
    pub captcha: CaptchaMode,
    /// The longest wait of an attempt for its place: as long as a request waits for a hash.
    pub hash_deadline: Duration,
}

/// Counts and limits attempts. Clones share their state.
#[derive(Clone)]
pub struct Throttle(Arc<ThrottleState>);

struct ThrottleState {
    database: Database,
    clock: Clock,
    keys: CounterKeys,
    limits: Option<RateLimits>,
    hash_deadline: Duration,
    overload: Overload,
    captcha: Captcha,
    wait_queue: WaitQueue,
    row_caps: RowCaps,
    rolled_up: RolledUpRows,
    sampled: SampledSubjects,
    /// The client IPs that signed up lately.
    sign_ups_seen: ApproxCounter,
}

impl fmt::Debug for Throttle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Throttle")
    }
}

impl Throttle {
    /// A throttle whose counters are kept in the database under keys derived from the secret.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Clock,
        secret: &Secret,
        settings: Settings,
        overload: Overload,
    ) -> Self {
        Self(Arc::new(ThrottleState {
            database,
            clock,
            keys: CounterKeys(secret.clone()),
            limits: settings.limits,
            hash_deadline: settings.hash_deadline,
            overload,
            captcha: Captcha::new(settings.captcha, secret),
            wait_queue: WaitQueue::default(),
            row_caps: RowCaps::default(),
            rolled_up: RolledUpRows::default(),
            sampled: SampledSubjects::default(),
            sign_ups_seen: ApproxCounter::default(),
        }))
    }

    /// Returns whether there are rate limits.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.limits.is_some()
    }

    /// Returns the quota of the mails that anyone can trigger.
    #[must_use]
    pub fn mail_quota(&self) -> MailQuota {
        MailQuota::new(self.0.keys.clone(), self.0.limits)
    }

    /// Returns how many proofs of work were accepted.
    #[must_use]
    pub fn captchas_solved(&self) -> u64 {
        self.0.captcha.solved()
    }

    /// Refuses an attempt that would not be hashed in time: it is not counted and costs no write.
    fn refuse_overload(&self) -> Result<(), Error> {
        match (self.0.overload)() {
            Some(retry_after) => Err(Error::Overloaded { retry_after }),
            None => Ok(()),
        }
    }
}
