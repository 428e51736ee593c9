//! The proof of work of a request for a login code.

use super::suspicion::{FREE_NETWORK_FAILURES, times};
use crate::throttle::{Error, Throttle, keys::NetworkKey};

impl Throttle {
    /// Consumes the proof of work of a request for a login code, if one is required. The failures
    /// of the client IP decide it: those of the mailbox would reveal whether it has an account.
    pub async fn consume_request_proof(
        &self,
        captcha: Option<&str>,
        ip: &str,
    ) -> Result<(), Error> {
        let now = self.0.clock.now();
        let check = self.0.captcha.check(captcha, now);
        if !check.is_due(self.is_on()) {
            return Ok(());
        }
        let shares = self.0.keys.shares(&NetworkKey::FailuresThisHour, ip);
        self.0
            .database
            .write(move |tx| {
                let mut is_suspicious = false;
                for share in &shares {
                    let most = share.times(FREE_NETWORK_FAILURES);
                    is_suspicious |= times(tx, share, now)? >= most;
                }
                check.consume(tx, is_suspicious)
            })
            .await
    }
}
