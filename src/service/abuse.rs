//! Proofs of work by what a network and an identifier did within the hour: when one is asked for, and how much work it is. It must not
//! know what a proof is.

use std::time::Duration;

use super::{Accounts, Challenge, Error, limits::FAILURES_THIS_HOUR};
use crate::{domain::network::Network, store::counters};

/// How long a network's failures and sign-ups are held against it.
const HOUR: Duration = Duration::from_hours(1);

/// What is counted for a network in each hour, besides its failures.
const SIGN_UPS: &str = "sign-ups this hour";

/// Sign-ups of a network within an hour that cost no proof.
const FREE_SIGN_UPS: i64 = 3;

impl Accounts {
    /// A new challenge for whoever asks from this address.
    pub async fn captcha(&self, ip: &str) -> Result<Challenge, Error> {
        let now = self.0.clock.now();
        let network = Network::of_text(ip);
        let counted =
            [FAILURES_THIS_HOUR, SIGN_UPS].map(|what| self.subject(what, network.as_bytes()));
        let abuse = self
            .read(move |tx| {
                counted.iter().try_fold(0_u64, |sum, subject| {
                    let times = counters::count(tx, subject, now)?.map_or(0, |count| count.times);
                    Ok(sum.saturating_add(u64::try_from(times).unwrap_or(0)))
                })
            })
            .await?;
        self.0.captcha.challenge(abuse, now)
    }

    /// Counts a sign-up from this address and uses its proof of work up, if one is asked for.
    pub(super) async fn admit_sign_up(&self, ip: &str, captcha: Option<&str>) -> Result<(), Error> {
        let now = self.0.clock.now();
        let is_counted = self.0.limits.is_some();
        let check = self.0.captcha.check(captcha, now);
        if !check.is_due(is_counted) {
            return Ok(());
        }
        let subject = self.subject(SIGN_UPS, Network::of_text(ip).as_bytes());
        self.write_unless(move |tx| {
            let times = if is_counted {
                counters::hit(tx, &subject, None, HOUR, now)?.map_or(0, |count| count.times)
            } else {
                0
            };
            check.pass(tx, times > FREE_SIGN_UPS)
        })
        .await
    }

    /// Uses a log-in's proof of work up, if one is asked for.
    pub(super) async fn admit_log_in(&self, captcha: Option<&str>) -> Result<(), Error> {
        let check = self.0.captcha.check(captcha, self.0.clock.now());
        if !check.is_due(false) {
            return Ok(());
        }
        self.write_unless(move |tx| check.pass(tx, false)).await
    }
}
