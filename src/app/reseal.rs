//! Seals stored values again under the current secret, after the secret has changed.

use super::{error::StartError, secrets};
use crate::{
    clock::Clock,
    config::Config,
    domain::{
        credential::{sealing_keys::SealingKeys, totp::TOTP_SECRET_SEAL},
        session::signing_key::TOKEN_KEY_SEAL,
    },
    random,
    store::{
        Db, SealedValue, StoreError, Tx,
        tables::{token_keys, totp_secrets},
    },
};

/// Values that are opened together.
const PAGE: i64 = 500;

/// A table that keeps sealed values.
struct SealedTable {
    usage: &'static str,
    /// Returns up to so many values in the order of their names, from the one after a name on.
    list: fn(&mut Tx<'_>, &str, i64) -> Result<Vec<SealedValue>, StoreError>,
    /// Replaces a value, unless another replica did so first.
    replace: fn(&mut Tx<'_>, &SealedValue, &[u8]) -> Result<(), StoreError>,
}

const TABLES: [SealedTable; 2] = [
    SealedTable {
        usage: TOKEN_KEY_SEAL,
        list: token_keys::list_sealed,
        replace: token_keys::replace_sealed,
    },
    SealedTable {
        usage: TOTP_SECRET_SEAL,
        list: totp_secrets::list_sealed,
        replace: totp_secrets::replace_sealed,
    },
];

/// Seals every value of a previous secret again. Fails if an account depends on a value that no
/// secret opens.
pub(super) fn reseal(config: &Config, db: &Db, clock: &Clock) -> Result<(), StartError> {
    let current = secrets::current(config, db, clock)?;
    let keys = secrets::sealing_keys(config, db, &current)?;
    let (mut resealed, mut lost) = (0, 0);
    for table in &TABLES {
        let mut after = String::new();
        loop {
            let page = db.read(|tx| (table.list)(tx, &after, PAGE))?;
            let Some(value) = page.last() else { break };
            after.clone_from(&value.name);
            lost += page
                .iter()
                .filter(|value| is_lost(table, &keys, value))
                .count();
            resealed += reseal_page(db, table, &keys, &page)?;
        }
    }
    if resealed > 0 {
        tracing::info!(
            event = "secret.changed",
            values = resealed,
            "stored values of the previous secret were encrypted under DAEMUN_SECRET"
        );
    }
    if lost > 0 {
        return Err(StartError::LostSecret(lost));
    }
    Ok(())
}

fn is_lost(table: &SealedTable, keys: &SealingKeys, value: &SealedValue) -> bool {
    value.is_needed && keys.open(table.usage, &value.name, &value.sealed).is_none()
}

/// Seals the values of a previous secret in one transaction, and returns their number.
fn reseal_page(
    db: &Db,
    table: &SealedTable,
    keys: &SealingKeys,
    page: &[SealedValue],
) -> Result<usize, StoreError> {
    let stale: Vec<_> = page
        .iter()
        .filter_map(|value| Some((value, resealed(table, keys, value)?)))
        .collect();
    if !stale.is_empty() {
        db.write(|tx| {
            stale
                .iter()
                .try_for_each(|(value, sealed)| (table.replace)(tx, value, sealed))
        })?;
    }
    Ok(stale.len())
}

/// Returns the value sealed under the current secret, if a previous one sealed it.
fn resealed(table: &SealedTable, keys: &SealingKeys, value: &SealedValue) -> Option<Vec<u8>> {
    let opened = keys.open(table.usage, &value.name, &value.sealed)?;
    opened.is_stale.then_some(())?;
    keys.seal(table.usage, &value.name, &opened.plain, random::bytes())
}
