//! The secrets of the service: those of the settings, and the one in the database.

use secrecy::{ExposeSecret, SecretString};

use super::error::StartError;
use crate::{
    clock::Clock,
    config::Config,
    domain::credential::{sealing_keys::SealingKeys, secret::Secret},
    random,
    store::{Db, tables::secrets},
};

/// Returns the operator's secret, or the one that the first start created.
pub(super) fn current(config: &Config, db: &Db, clock: &Clock) -> Result<Secret, StartError> {
    match &config.server.secret.current {
        Some(text) => Ok(of_text(text)),
        None => db
            .write(|tx| secrets::get_or_insert(tx, &random::bytes(), clock.now()))
            .map_err(StartError::from),
    }
}

/// Returns the keys that seal under the current secret, and open what an earlier one sealed.
pub(super) fn sealing_keys(
    config: &Config,
    db: &Db,
    current: &Secret,
) -> Result<SealingKeys, StartError> {
    let secret = &config.server.secret;
    let mut previous: Vec<_> = secret.previous.iter().map(of_text).collect();
    if secret.current.is_some() {
        // An operator who sets the first DAEMUN_SECRET cannot name the one that was generated.
        previous.extend(db.read(secrets::get)?);
    }
    Ok(SealingKeys::new(current.clone(), previous))
}

fn of_text(text: &SecretString) -> Secret {
    Secret::of_text(text.expose_secret())
}
