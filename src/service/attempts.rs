//! What keeps guessing and flooding in bounds: everything is counted before it is done, under keyed digests.

use std::time::Duration;

use super::Accounts;
use crate::{
    domain::{email::EmailKey, limit::Subject, time::Timestamp},
    store::{StoreError, Tx, counters},
};

impl Accounts {
    /// Whether one more mail that anybody could have asked for may go to this mailbox; it is counted then. One a minute, so that
    /// impatience sends one mail, and a few an hour, so that nobody's mailbox is flooded.
    pub(super) fn mail_allowed(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.0.limits else {
            return Ok(true);
        };
        let mailbox = mailbox.as_str().as_bytes();
        let (minute, hour) = (
            self.subject("mails a minute", mailbox),
            self.subject("mails an hour", mailbox),
        );
        let in_hour = Some(i64::from(limits.mails));
        Ok(
            counters::hit(tx, &minute, Some(1), Duration::from_mins(1), now)?.is_some()
                && counters::hit(tx, &hour, in_hour, Duration::from_hours(1), now)?.is_some(),
        )
    }

    /// What is counted, told by what for and for whom.
    pub(super) fn subject(&self, what: &str, whom: &[u8]) -> Subject {
        self.0.secret.mac("limit", &[what.as_bytes(), whom])
    }
}
