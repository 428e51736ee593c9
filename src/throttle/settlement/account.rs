//! The failures of an account as a whole: the lockout that they cause, and their reset.

use crate::{
    domain::{
        account::user::User,
        rate_limit::{CLOCK_SKEW, LONGEST_WAIT},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::{
            devices, failures,
            users::{self, AccountState},
        },
    },
    throttle::{Throttle, keys::CounterKey},
};

/// The lockout of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    /// The end of the backoff that ends last, of the username and of the email.
    pub until: Option<Timestamp>,
    /// `true` if only recognized devices may log in, after too many failed logins in a row.
    pub recognized_devices_only: bool,
}

impl Throttle {
    /// Returns the lockout of each account, in their order. Without rate limits there is none.
    pub fn lockouts(
        &self,
        tx: &mut Tx<'_>,
        accounts: &[AccountState],
        now: Timestamp,
    ) -> Result<Vec<Lockout>, StoreError> {
        let Some(limits) = &self.0.limits else {
            return Ok(vec![Lockout::default(); accounts.len()]);
        };
        let keys = &self.0.keys;
        let subjects = accounts
            .iter()
            .map(|account| keys.identifiers(&account.user));
        let subjects: Vec<_> = subjects.collect();
        let ends = failures::backoffs(tx, subjects.as_flattened())?;
        // A time beyond the longest backoff was stored before the clock was set back.
        let last = now.plus(LONGEST_WAIT).plus(CLOCK_SKEW);
        let most = i64::from(limits.account_failures);
        let lockouts = accounts
            .iter()
            .zip(&subjects)
            .map(|(account, own)| Lockout {
                until: own
                    .iter()
                    .filter_map(|subject| ends.get(&subject[..]).copied())
                    .filter(|end| *end > now && *end <= last)
                    .max(),
                recognized_devices_only: account.failures_in_a_row >= most,
            });
        Ok(lockouts.collect())
    }

    /// Resets every failure of an account: of logins, of re-authentications and of recognized
    /// devices. Wrong codes stay counted: a reset of one's own password would buy further guesses
    /// at the code of another mailbox.
    pub fn reset_account(&self, tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
        let keys = &self.0.keys;
        let known = devices::list_by_user(tx, user.id)?;
        let mut subjects: Vec<_> = known
            .iter()
            .map(|token| keys.subject(&CounterKey::DeviceFailures(token)))
            .collect();
        subjects.extend(keys.identifiers(user));
        subjects.push(keys.subject(&CounterKey::ConfirmationFailures(user.id)));
        subjects.push(keys.subject(&CounterKey::SecondFactorFailures(user.id)));
        subjects.push(keys.subject(&CounterKey::LinkFailures(user.email.key())));
        failures::delete_all(tx, subjects)?;
        users::reset_failures(tx, user.id)
    }
}
