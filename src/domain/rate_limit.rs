//! Limits on guessing and flooding: their numbers, and how one that is reached is told; it must not know who counts.

use std::time::Duration;

use super::credential::secret::SECRET_BYTES;

/// Whom or what something is counted for: a keyed digest, so that the database names nobody.
pub type Subject = [u8; SECRET_BYTES];

/// How long failures are remembered that make the next try wait.
pub const FAILURE_MEMORY: Duration = Duration::from_hours(24);

/// The waits from the last free failure on. They double up to 15 minutes, which leaves a guesser 96 tries a day and keeps a person
/// out no longer than that.
const WAITS: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(4),
    Duration::from_mins(8),
    LONGEST_WAIT,
];

/// The longest that a failure makes the next try wait.
pub const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// How far the clocks of replicas, or of two requests that overtake each other, may be apart. What is kept of a moment later than
/// that is of a clock that was set back.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// When it is worth asking again whether an account is still shut to strangers: only its owner or an operator can open it.
const SHUT: Duration = Duration::from_hours(1);

/// How often things may happen before they are refused.
#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    /// Sign-ups a minute from one network address, at one replica.
    pub sign_ups: u32,
    /// Log-ins a minute from one network address, at one replica.
    pub log_ins: u32,
    /// Failed log-ins a minute from one network address.
    pub network_failures: u32,
    /// Failed log-ins with one identifier, or from one known device, before each further one has to wait.
    pub failures: u32,
    /// Failed log-ins of one account in a row before only known devices may try
    /// (at most 100: NIST SP 800-63B-4 section 3.2.2).
    pub account_failures: u32,
    /// Changes of email or username a day of one account.
    pub changes: u32,
    /// Attempts to change an email or username an hour from one client IP.
    pub network_changes: u32,
    /// Wrong codes an hour in one account's sessions before each further one has to wait.
    pub codes: u32,
    /// Requests a minute from one client IP, at one replica, for mail to an address.
    pub mail_requests: u32,
    /// Mails an hour to one mailbox of each kind that anyone can trigger.
    pub mails: u32,
    /// Those of them that one client IP can trigger.
    pub client_mails: u32,
    /// Requests for mail that may wait, at all replicas.
    pub waiting_requests: u32,
    /// Sign-ups that may wait for their mailbox to be verified, at all replicas.
    pub waiting_sign_ups: u32,
}

/// A limit, as it is told to clients (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Its name.
    pub name: &'static str,
    /// How often.
    pub quota: u32,
    /// Within which time, where time alone makes it good again.
    pub window: Option<Duration>,
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Which.
    pub policy: RateLimit,
    /// When it is worth another try.
    pub retry_after: Duration,
}

impl RateLimit {
    /// Sign-ups from one network.
    #[must_use]
    pub const fn sign_ups(limits: &RateLimits) -> Self {
        Self {
            name: "sign-up",
            quota: limits.sign_ups,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Log-ins from one network.
    #[must_use]
    pub const fn log_ins(limits: &RateLimits) -> Self {
        Self {
            name: "log-in",
            quota: limits.log_ins,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Requests for mail from one client IP.
    #[must_use]
    pub const fn mail_requests(limits: &RateLimits) -> Self {
        Self {
            name: "mail-request",
            quota: limits.mail_requests,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Failures from one network.
    #[must_use]
    pub const fn network_failures(limits: &RateLimits) -> Self {
        Self {
            name: "network-failures",
            quota: limits.network_failures,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Failures with one identifier, from one known device or in one account's confirmations, before each further one waits.
    #[must_use]
    pub const fn failures(limits: &RateLimits) -> Self {
        Self {
            name: "failures",
            quota: limits.failures,
            window: Some(FAILURE_MEMORY),
        }
    }

    /// Wrong codes in one account's sessions, before each further one waits.
    #[must_use]
    pub const fn wrong_codes(limits: &RateLimits) -> Self {
        Self {
            name: "wrong-codes",
            quota: limits.codes,
            window: Some(Duration::from_hours(1)),
        }
    }

    /// Changes of email or username of one account.
    #[must_use]
    pub const fn changes(limits: &RateLimits) -> Self {
        Self {
            name: "changes",
            quota: limits.changes,
            window: Some(Duration::from_hours(24)),
        }
    }

    /// Attempts to change an email or username from one client IP.
    #[must_use]
    pub const fn network_changes(limits: &RateLimits) -> Self {
        Self {
            name: "network-changes",
            quota: limits.network_changes,
            window: Some(Duration::from_hours(1)),
        }
    }

    /// Failures of one account in a row.
    #[must_use]
    pub const fn account_failures(limits: &RateLimits) -> Self {
        Self {
            name: "account-failures",
            quota: limits.account_failures,
            window: None,
        }
    }

    /// It is reached; `retry_after` where that is known.
    #[must_use]
    pub fn exceeded(self, retry_after: Option<Duration>) -> Exceeded {
        Exceeded {
            policy: self,
            retry_after: retry_after.unwrap_or(SHUT),
        }
    }
}

/// How long the next try has to wait after this many failures, of which one less than `free` cost no wait.
#[must_use]
pub fn wait_after(failures: i64, free: i64) -> Option<Duration> {
    let step = usize::try_from(failures.saturating_sub(free)).ok()?;
    Some(WAITS.get(step).copied().unwrap_or(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_last_free_failure_on() {
        let minutes = |failures| wait_after(failures, 5).map(|wait| wait.as_secs() / 60);
        let waits: Vec<_> = (1..=11).map(minutes).collect();
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..], [1, 2, 4, 8, 15, 15, 15].map(Some));
        assert_eq!(wait_after(i64::MAX, 1), Some(LONGEST_WAIT));
        assert_eq!(wait_after(i64::MIN, 100), None);
    }
}
