//! The table of service keys, which authenticate other services.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::{credential::token::TokenHash, timestamp::Timestamp},
    store::{
        error::StoreError,
        schema::service_keys,
        tx::{Tx, with_conn},
    },
};

/// Inserts the digest of a key. A name in use is [`StoreError::Taken`].
pub fn insert(
    tx: &mut Tx<'_>,
    name: &str,
    key: &TokenHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::insert_into(service_keys::table)
        .values((
            service_keys::name.eq(name),
            service_keys::key_hash.eq(key.as_bytes()),
            service_keys::created_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// Returns the name of this key.
pub fn name_by_key(tx: &mut Tx<'_>, key: &TokenHash) -> Result<Option<String>, StoreError> {
    Ok(with_conn!(tx, c => service_keys::table
        .filter(service_keys::key_hash.eq(key.as_bytes()))
        .select(service_keys::name)
        .get_result(c)
        .optional())?)
}

/// Returns the names of all keys and their creation times.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let rows = with_conn!(tx, c => service_keys::table
        .order(service_keys::name.asc())
        .select((service_keys::name, service_keys::created_at))
        .load::<(String, i64)>(c))?;
    Ok(rows
        .into_iter()
        .map(|(name, created_at)| (name, Timestamp::from_micros(created_at)))
        .collect())
}

/// Deletes a key. Returns whether it existed.
pub fn delete(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(service_keys::table.find(name)).execute(c))?;
    Ok(deleted == 1)
}
