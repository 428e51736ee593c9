//! Rate limits and exponential backoff: their numbers, and the error of a limit that is reached.

pub mod limit_name;

use std::time::Duration;

use super::credential::secret::SECRET_BYTES;
use limit_name::LimitName;

/// The subject of a counter: a keyed digest, so that the database stores no names.
pub type Subject = [u8; SECRET_BYTES];

/// The time for which the failures behind a backoff are remembered.
pub const FAILURE_MEMORY: Duration = Duration::from_hours(24);

/// The backoff from the last free failure on. It doubles up to 15 minutes, which leaves an attacker
/// 96 attempts a day and locks an owner out no longer than that.
const WAITS: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(4),
    Duration::from_mins(8),
    LONGEST_WAIT,
];

/// The longest backoff after a failure.
pub const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// The largest difference between the clocks of replicas, or of two reordered requests. A stored
/// time beyond it was written before the clock was set back.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The `Retry-After` of an account that is locked for unrecognized devices: only its owner or an
/// operator can unlock it.
const LOCKED: Duration = Duration::from_hours(1);

/// The numbers of all rate limits.
#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    /// Signups a minute from one client IP, at one replica.
    pub sign_ups: u32,
    /// Logins a minute from one client IP, at one replica.
    pub log_ins: u32,
    /// Failed logins a minute from one client IP.
    pub network_failures: u32,
    /// Failed logins with one identifier, or from one recognized device, before the backoff starts.
    pub failures: u32,
    /// Failed logins of one account in a row before only recognized devices may try
    /// (at most 100: NIST SP 800-63B-4 section 3.2.2).
    pub account_failures: u32,
    /// Changes of email or username a day of one account.
    pub changes: u32,
    /// Attempts to change an email or username an hour from one client IP.
    pub network_changes: u32,
    /// Wrong codes an hour in one account's sessions before the backoff starts.
    pub codes: u32,
    /// Requests a minute from one client IP, at one replica, for mail to an address.
    pub mail_requests: u32,
    /// Mails an hour to one mailbox of each kind that anyone can trigger.
    pub mails: u32,
    /// Of these, mails that one client IP can trigger.
    pub client_mails: u32,
    /// Pending mail requests, at all replicas.
    pub waiting_requests: u32,
    /// Pending signups, at all replicas.
    pub waiting_sign_ups: u32,
    /// Rows of the audit log for failed and refused attempts that name an account or a client IP.
    pub events: u32,
}

/// A rate limit as clients see it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The name.
    pub name: LimitName,
    /// The number of events.
    pub quota: u32,
    /// The time window, if the limit resets with time.
    pub window: Option<Duration>,
}

/// The error of a rate limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit.
    pub policy: RateLimit,
    /// The time until a retry can succeed.
    pub retry_after: Duration,
}

impl RateLimit {
    /// Returns the limit of signups from one client IP.
    #[must_use]
    pub const fn sign_ups(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::SignUp,
            quota: limits.sign_ups,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Returns the limit of logins from one client IP.
    #[must_use]
    pub const fn log_ins(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::LogIn,
            quota: limits.log_ins,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Returns the limit of mail requests from one client IP.
    #[must_use]
    pub const fn mail_requests(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::MailRequest,
            quota: limits.mail_requests,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Returns the limit of failures from one client IP.
    #[must_use]
    pub const fn network_failures(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::NetworkFailures,
            quota: limits.network_failures,
            window: Some(Duration::from_mins(1)),
        }
    }

    /// Returns the failures with one identifier, from one recognized device or in one account's
    /// confirmations before the backoff starts.
    #[must_use]
    pub const fn failures(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::Failures,
            quota: limits.failures,
            window: Some(FAILURE_MEMORY),
        }
    }

    /// Returns the wrong codes in one account's sessions before the backoff starts.
    #[must_use]
    pub const fn wrong_codes(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::WrongCodes,
            quota: limits.codes,
            window: Some(Duration::from_hours(1)),
        }
    }

    /// Returns the limit of changes of email or username of one account.
    #[must_use]
    pub const fn changes(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::Changes,
            quota: limits.changes,
            window: Some(Duration::from_hours(24)),
        }
    }

    /// Returns the limit of attempts to change an email or username from one client IP.
    #[must_use]
    pub const fn network_changes(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::NetworkChanges,
            quota: limits.network_changes,
            window: Some(Duration::from_hours(1)),
        }
    }

    /// Returns the limit of failures of one account in a row.
    #[must_use]
    pub const fn account_failures(limits: &RateLimits) -> Self {
        Self {
            name: LimitName::AccountFailures,
            quota: limits.account_failures,
            window: None,
        }
    }

    /// Returns the error of this limit, with `retry_after` if it is known.
    #[must_use]
    pub fn exceeded(self, retry_after: Option<Duration>) -> Exceeded {
        Exceeded {
            policy: self,
            retry_after: retry_after.unwrap_or(LOCKED),
        }
    }
}

/// Returns the backoff after this many failures. The first `free` − 1 failures cause none.
#[must_use]
pub fn wait_after(failures: i64, free: i64) -> Option<Duration> {
    let step = usize::try_from(failures.saturating_sub(free)).ok()?;
    Some(WAITS.get(step).copied().unwrap_or(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_from_the_last_free_failure_on() {
        let minutes = |failures| wait_after(failures, 5).map(|wait| wait.as_secs() / 60);
        let waits: Vec<_> = (1..=11).map(minutes).collect();
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..], [1, 2, 4, 8, 15, 15, 15].map(Some));
        assert_eq!(wait_after(i64::MAX, 1), Some(LONGEST_WAIT));
        assert_eq!(wait_after(i64::MIN, 100), None);
    }
}
