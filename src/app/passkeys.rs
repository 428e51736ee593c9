//! The relying party of passkeys, from the settings.

use super::branding::branding;
use crate::{
    config::Config,
    domain::{credential::secret::Secret, host},
    passkeys::{Passkeys, RelyingParty},
    store::{Db, StoreError, tables::passkeys},
};

/// Returns the passkeys of the relying party. Without one, the routes of passkeys are unavailable.
pub(super) fn passkeys(config: &Config, secret: &Secret) -> Passkeys {
    Passkeys::new(relying_party(config), secret.clone())
}

/// Returns the relying party: of the domain that is set, else of the public URL's host. An IP
/// address has no passkeys (WebAuthn section 5.1.3).
fn relying_party(config: &Config) -> Option<RelyingParty> {
    let public_host = || config.server.public_host();
    let id = config.passkeys.rp_id.clone().or_else(public_host)?;
    host::can_be_rp_id(&id).then(|| RelyingParty {
        id,
        name: branding(config).name,
        listed_origins: config.passkeys.origins.clone(),
    })
}

/// Warns of passkeys that cannot be used, because they belong to another relying party.
pub(super) fn warn_of_unusable(config: &Config, db: &Db) -> Result<(), StoreError> {
    let party = relying_party(config);
    let rp_id = party.as_ref().map_or("", |party| &party.id);
    let count = db.read(|tx| passkeys::count_of_others(tx, rp_id))?;
    if count > 0 {
        tracing::warn!(
            event = "passkeys.unusable",
            count,
            rp_id,
            "some passkeys belong to another domain and cannot be used: see DAEMUN_PASSKEY_RP_ID"
        );
    }
    Ok(())
}
