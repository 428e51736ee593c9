//! The table of service keys, which authenticate other services. A key has one secret, and after a
//! renewal also the one before until that ends.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::{
    domain::{
        credential::{
            service_key::{PreviousSecret, Scopes, ServiceKey},
            token::TokenHash,
        },
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::service_keys,
        tx::{Tx, TxConnection, with_conn},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_keys)]
struct Row {
    name: String,
    key_hash: Vec<u8>,
    created_at: i64,
    scopes: String,
    expires_at: i64,
    last_used_at: i64,
    previous_hash: Option<Vec<u8>>,
    previous_ends_at: i64,
    previous_used_at: i64,
}

/// One of the secrets of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySecret {
    /// The secret since the last renewal.
    Present,
    /// The secret before.
    Previous,
}

/// Returns a stored time, of which 0 means none.
fn time(micros: i64) -> Option<Timestamp> {
    (micros > 0).then(|| Timestamp::from_micros(micros))
}

impl Row {
    fn key(self) -> ServiceKey {
        let previous = self.previous_hash.map(|_hash| PreviousSecret {
            ends_at: Timestamp::from_micros(self.previous_ends_at),
            last_used_at: time(self.previous_used_at),
        });
        ServiceKey {
            name: self.name,
            scopes: Scopes::from_stored(self.scopes),
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: time(self.expires_at),
            last_used_at: time(self.last_used_at),
            previous,
        }
    }
}

/// Inserts a key with the digest of its secret. A name in use is [`StoreError::Taken`].
pub fn insert(tx: &mut Tx<'_>, key: &ServiceKey, secret: &TokenHash) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::insert_into(service_keys::table)
        .values((
            service_keys::name.eq(&key.name),
            service_keys::key_hash.eq(secret.as_bytes()),
            service_keys::created_at.eq(key.created_at.as_micros()),
            service_keys::scopes.eq(key.scopes.joined()),
            service_keys::expires_at.eq(key.expires_at.map_or(0, Timestamp::as_micros)),
        ))
        .execute(c))?;
    Ok(())
}

/// Returns the key that a secret is of, and which of its secrets it is, unless the secret has
/// ended.
pub fn by_secret(
    tx: &mut Tx<'_>,
    secret: &TokenHash,
    now: Timestamp,
) -> Result<Option<(ServiceKey, KeySecret)>, StoreError> {
    let is_one = service_keys::previous_hash
        .eq(secret.as_bytes())
        .and(service_keys::previous_ends_at.gt(now.as_micros()));
    let found: Option<Row> = with_conn!(tx, c => service_keys::table
        .filter(service_keys::key_hash.nullable().eq(secret.as_bytes()).or(is_one))
        .select(Row::as_select())
        .get_result(c)
        .optional())?;
    Ok(found.and_then(|row| {
        let is_present = row.key_hash == secret.as_bytes();
        let key = row.key();
        if !is_present {
            return Some((key, KeySecret::Previous));
        }
        let is_alive = key.expires_at.is_none_or(|end| now < end);
        is_alive.then_some((key, KeySecret::Present))
    }))
}

/// Returns all keys by name.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ServiceKey>, StoreError> {
    let rows: Vec<Row> = with_conn!(tx, c => service_keys::table
        .order(service_keys::name.asc())
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Row::key).collect())
}

/// Locks the row of a key until the transaction ends, and returns the key. SQLite has one writer at
/// a time anyway.
pub fn lock(tx: &mut Tx<'_>, name: &str) -> Result<Option<ServiceKey>, StoreError> {
    let key = service_keys::table.find(name);
    let found: Option<Row> = match &mut tx.connection {
        TxConnection::Sqlite(connection) => key
            .select(Row::as_select())
            .get_result(&mut **connection)
            .optional(),
        TxConnection::Postgres(connection) => key
            .select(Row::as_select())
            .for_update()
            .get_result(&mut **connection)
            .optional(),
    }?;
    Ok(found.map(Row::key))
}

/// Replaces the secret of a key that is locked. The present one becomes the previous one until
/// `ends_at`.
pub fn renew(
    tx: &mut Tx<'_>,
    renewed: &ServiceKey,
    secret: &TokenHash,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(service_keys::table.find(&renewed.name))
        .set((
            service_keys::previous_hash.eq(service_keys::key_hash.nullable()),
            service_keys::previous_ends_at.eq(ends_at.as_micros()),
            service_keys::previous_used_at.eq(service_keys::last_used_at),
            service_keys::key_hash.eq(secret.as_bytes()),
            service_keys::created_at.eq(renewed.created_at.as_micros()),
            service_keys::expires_at.eq(renewed.expires_at.map_or(0, Timestamp::as_micros)),
            service_keys::last_used_at.eq(0),
        ))
        .execute(c))?;
    Ok(())
}

/// Records the use of a secret of a key.
pub fn touch(
    tx: &mut Tx<'_>,
    name: &str,
    secret: KeySecret,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = now.as_micros();
    match secret {
        KeySecret::Present => {
            with_conn!(tx, c => diesel::update(service_keys::table.find(name))
                .set(service_keys::last_used_at.eq(now))
                .execute(c))?;
        }
        KeySecret::Previous => {
            with_conn!(tx, c => diesel::update(service_keys::table.find(name))
                .set(service_keys::previous_used_at.eq(now))
                .execute(c))?;
        }
    }
    Ok(())
}

/// Deletes a key. Returns whether it existed.
pub fn delete(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(service_keys::table.find(name)).execute(c))?;
    Ok(deleted == 1)
}
