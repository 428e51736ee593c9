//! Bounded numbers of tries: comparisons with a pending signup, and passwords for one reset link.

use super::{Error, Throttle, keys::CounterKey};
use crate::{
    domain::{
        account::{ids::ChallengeId, username::UsernameKey},
        credential::challenge::{LONGEST_LIFE, Purpose, TOKEN_TRIES},
    },
    store::tables::counters::{self, CounterRule},
};

/// Passwords that may be compared with that of one pending signup.
const SIGN_UP_REPEATS: i64 = 20;

impl Throttle {
    /// Counts a comparison with the pending signup of this username. Returns whether it is allowed.
    pub async fn count_sign_up_repeat(&self, name: &UsernameKey) -> Result<bool, Error> {
        let rule = CounterRule::at_most(SIGN_UP_REPEATS, LONGEST_LIFE);
        self.count_try(&CounterKey::SignUpRepeats(name), rule).await
    }

    /// Counts a new password for the link of a password reset. Returns whether it is allowed.
    pub async fn count_reset_try(&self, id: ChallengeId) -> Result<bool, Error> {
        let rule = CounterRule::at_most(TOKEN_TRIES, Purpose::ResetPassword.token_life());
        self.count_try(&CounterKey::ResetTries(id), rule).await
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
