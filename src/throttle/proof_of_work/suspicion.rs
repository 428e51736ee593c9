//! Decides from the failures of the last hour whether an attempt has to present a proof of work.

use std::time::Duration;

use crate::{
    domain::{
        rate_limit::{FAILURE_MEMORY, Subject},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::{counters, failures},
    },
    throttle::keys::{Hit, Share},
};

/// The window in which failures and signups of a client IP are counted.
pub(in crate::throttle) const HOUR: Duration = Duration::from_hours(1);

/// Failed attempts within an hour that require no proof: of a client IP, and with an identifier or
/// from a recognized device.
pub(super) const FREE_NETWORK_FAILURES: i64 = 10;
const FREE_FAILURES: i64 = 3;

/// The suspicion against an attempt, by the failures of its client IP and of its identifier or
/// device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::throttle) enum Suspicion {
    None,
    /// Only if the attempts in flight at this counter fail.
    InFlight(Subject),
    Certain,
}

impl Suspicion {
    /// Returns the counter that may still clear the attempt.
    pub(in crate::throttle) const fn waits_for(self) -> Option<Subject> {
        match self {
            Self::InFlight(subject) => Some(subject),
            Self::None | Self::Certain => None,
        }
    }

    /// Returns the stronger of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Certain, _) | (_, Self::None) => self,
            (_, stronger) => stronger,
        }
    }

    /// The suspicion by `failures` at a counter, `in_flight` of which may still be refunded.
    fn of(failures: i64, in_flight: i64, most: i64, subject: Subject) -> Self {
        if failures <= most {
            Self::None
        } else if failures - in_flight <= most {
            Self::InFlight(subject)
        } else {
            Self::Certain
        }
    }
}

/// Returns how suspicious an attempt is. It is counted among the failures of its client IP already,
/// and not yet among others.
pub(in crate::throttle) fn of_attempt(
    tx: &mut Tx<'_>,
    in_hour: &[Hit],
    in_minute: &[Hit],
    shares: &[Share],
    now: Timestamp,
) -> Result<Suspicion, StoreError> {
    let networks = in_hour.iter().zip(in_minute).map(|(hour, minute)| {
        let most = hour.share.times(FREE_NETWORK_FAILURES);
        let others = minute.count.in_flight - 1;
        Suspicion::of(hour.count.times, others, most, minute.share.subject)
    });
    let mut suspicion = networks.fold(Suspicion::None, Suspicion::or);
    let lately = now.plus(FAILURE_MEMORY).minus(HOUR);
    for share in shares {
        if suspicion == Suspicion::Certain {
            break;
        }
        if let Some(failures) = failures::by_subject(tx, &share.subject, now)?
            && failures.forgotten_at > lately
        {
            let most = share.times(FREE_FAILURES) - 1;
            let by_failures =
                Suspicion::of(failures.count, failures.in_flight, most, share.subject);
            suspicion = suspicion.or(by_failures);
        }
    }
    Ok(suspicion)
}

/// Returns the count of a counter.
pub(in crate::throttle) fn times(
    tx: &mut Tx<'_>,
    share: &Share,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let count = counters::count(tx, &share.subject, now)?;
    Ok(count.map_or(0, |count| count.times))
}
