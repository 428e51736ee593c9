//! The second factors of an account, for its owner.

use crate::{
    domain::timestamp::Timestamp,
    service::{Caller, Error, Service},
    store::{
        StoreError,
        tables::{recovery_codes, totp_secrets},
    },
};

/// The second factors of an account.
#[derive(Debug)]
pub struct SecondFactorOverview {
    /// The time at which its authenticator app was set up, if it has one.
    pub totp_enabled_at: Option<Timestamp>,
    /// The number of recovery codes that were not used yet.
    pub recovery_codes_left: i64,
}

impl Service {
    /// Returns the caller's second factors.
    pub async fn second_factors_of(&self, caller: &Caller) -> Result<SecondFactorOverview, Error> {
        let user = caller.user.id;
        let overview = self
            .database
            .read(move |tx| -> Result<_, StoreError> {
                let totp = totp_secrets::enabled(tx, user)?;
                Ok(SecondFactorOverview {
                    totp_enabled_at: totp.map(|totp| totp.enabled_at),
                    recovery_codes_left: recovery_codes::count(tx, user)?,
                })
            })
            .await?;
        Ok(overview)
    }
}
