//! The challenge for a client IP, whose work grows with the failed attempts and signups of the
//! hour.

use super::{CaptchaChallenge, CaptchaCheck, suspicion::times};
use crate::{
    domain::modes::CaptchaMode,
    throttle::{Error, Throttle, keys::NetworkKey},
};

impl Throttle {
    /// Creates a challenge for a client IP. The most abusive of its networks decides the work.
    pub async fn captcha_challenge(&self, ip: &str) -> Result<CaptchaChallenge, Error> {
        let now = self.0.clock.now();
        let failures = self.0.keys.shares(&NetworkKey::FailuresThisHour, ip);
        let sign_ups = self.0.keys.shares(&NetworkKey::SignUpsThisHour, ip);
        let abuse = self
            .0
            .database
            .read(move |tx| -> Result<_, Error> {
                let mut most = 0;
                for (failures, sign_ups) in failures.iter().zip(&sign_ups) {
                    let times = times(tx, failures, now)? + times(tx, sign_ups, now)?;
                    most = most.max(times / failures.times(1));
                }
                Ok(u64::try_from(most).unwrap_or(0))
            })
            .await?;
        self.0.captcha.challenge(abuse, now)
    }

    /// Returns when a proof of work is required.
    #[must_use]
    pub fn captcha_mode(&self) -> CaptchaMode {
        self.0.captcha.mode
    }

    /// Verifies the solution that a request presented. It is consumed only where it is required.
    #[must_use]
    pub fn check_proof(&self, presented: Option<&str>) -> CaptchaCheck {
        self.0.captcha.check(presented, self.0.clock.now())
    }
}
