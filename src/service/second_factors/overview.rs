//! The second factors of an account, for its owner.

use crate::{
    domain::{credential::passkey::Passkey, timestamp::Timestamp},
    service::{Caller, Error, Service},
    store::{
        StoreError,
        tables::{passkeys, recovery_codes, second_factors, totp_secrets},
    },
};

/// The second factors of an account.
#[derive(Debug)]
pub struct SecondFactorOverview {
    /// The time at which its authenticator app was set up, if it has one.
    pub totp_enabled_at: Option<Timestamp>,
    /// Its passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// The WebAuthn user handle, once a passkey was offered or an app set up.
    pub user_handle: Option<Vec<u8>>,
    /// The RP id, if passkeys are configured.
    pub rp_id: Option<String>,
    /// The number of recovery codes that were not used yet.
    pub recovery_codes_left: i64,
}

impl Service {
    /// Returns the caller's second factors.
    pub async fn second_factors_of(&self, caller: &Caller) -> Result<SecondFactorOverview, Error> {
        let user = caller.user.id;
        let party = self.passkeys.relying_party();
        let rp_id = party.map(|party| party.id.clone());
        let overview = self
            .database
            .read(move |tx| -> Result<_, StoreError> {
                let totp = totp_secrets::enabled(tx, user)?;
                Ok(SecondFactorOverview {
                    totp_enabled_at: totp.map(|totp| totp.enabled_at),
                    passkeys: passkeys::list_by_user(tx, user)?,
                    user_handle: second_factors::by_user(tx, user)?.map(|factors| factors.handle),
                    rp_id: rp_id.clone(),
                    recovery_codes_left: recovery_codes::count(tx, user)?,
                })
            })
            .await?;
        Ok(overview)
    }
}
