//! Bounded numbers of tries: comparisons with a pending signup, passwords for one reset link, and
//! re-authentications in one session.

use std::time::Duration;

use super::{Error, Throttle, keys::CounterKey, proof_of_work::suspicion::HOUR};
use crate::{
    domain::{
        account::{
            email::EmailKey,
            ids::{ChallengeId, SessionId},
            username::UsernameKey,
        },
        credential::challenge::{FIRST_PASSWORD_LIFE, LONGEST_LIFE, TOKEN_TRIES},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::counters::{self, CounterRule},
    },
};

/// Passwords that may be compared with that of one pending signup.
const SIGN_UP_REPEATS: i64 = 20;

/// Failed re-authentications within an hour that end a session.
const SESSION_FAILURES: i64 = 10;

impl Throttle {
    /// Counts a comparison with the pending signup of this username. Returns whether it is allowed.
    pub async fn count_sign_up_repeat(&self, name: &UsernameKey) -> Result<bool, Error> {
        let rule = CounterRule::at_most(SIGN_UP_REPEATS, LONGEST_LIFE);
        self.count_try(&CounterKey::SignUpRepeats(name), rule).await
    }

    /// Counts a new password for the link of a password reset. Returns whether it is allowed.
    pub async fn count_reset_try(&self, id: ChallengeId) -> Result<bool, Error> {
        let rule = CounterRule::at_most(TOKEN_TRIES, FIRST_PASSWORD_LIFE);
        self.count_try(&CounterKey::ResetTries(id), rule).await
    }

    /// Counts a failed re-authentication in a session. Returns whether the session may go on.
    pub fn count_session_failure(
        &self,
        tx: &mut Tx<'_>,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if !self.is_on() {
            return Ok(true);
        }
        let subject = self.0.keys.subject(&CounterKey::SessionFailures(session));
        let rule = CounterRule::at_most(SESSION_FAILURES - 1, Duration::from_hours(1));
        Ok(counters::hit(tx, &subject, rule, now)?.is_some())
    }

    /// Writes so many rows that nothing reads. A wrong code then costs as many writes for a mailbox
    /// without an account, or without a code, as for another.
    pub fn write_stand_ins(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        writes: u8,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for number in 0..writes {
            let subject = self.0.keys.stand_in(mailbox, number);
            counters::hit(tx, &subject, CounterRule::unlimited(HOUR), now)?;
        }
        Ok(())
    }

    async fn count_try(&self, key: &CounterKey<'_>, rule: CounterRule) -> Result<bool, Error> {
        let (subject, now) = (self.0.keys.subject(key), self.0.clock.now());
        let counted = self
            .0
            .database
            .write(move |tx| -> Result<_, Error> { Ok(counters::hit(tx, &subject, rule, now)?) })
            .await?;
        Ok(counted.is_some())
    }
}
