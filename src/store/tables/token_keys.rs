//! The table of the keys that sign access tokens, sealed.

use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    connection::SimpleConnection,
};

use crate::{
    domain::{session::signing_key::SigningKey, timestamp::Timestamp},
    store::{
        SealedValue,
        error::StoreError,
        schema::token_keys,
        tx::{Tx, TxConnection, with_conn},
    },
};

/// A key as the database stores it.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = token_keys)]
pub struct TokenKeyRow {
    /// The `kid` of its tokens.
    pub id: String,
    /// Its public half: the x coordinate in base64url.
    pub x: String,
    /// Its public half: the y coordinate in base64url.
    pub y: String,
    /// Its private half, sealed.
    pub sealed_key: Vec<u8>,
    created_at: i64,
    signs_from: i64,
}

impl TokenKeyRow {
    /// Returns the row of a key that was created at `created_at` and signs from `signs_from` on.
    #[must_use]
    pub fn new(
        key: &SigningKey,
        sealed_key: Vec<u8>,
        created_at: Timestamp,
        signs_from: Timestamp,
    ) -> Self {
        Self {
            id: key.id.clone(),
            x: key.x.clone(),
            y: key.y.clone(),
            sealed_key,
            created_at: created_at.as_micros(),
            signs_from: signs_from.as_micros(),
        }
    }

    /// Returns the creation time.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        Timestamp::from_micros(self.created_at)
    }

    /// Returns the time from which it signs.
    #[must_use]
    pub const fn signs_from(&self) -> Timestamp {
        Timestamp::from_micros(self.signs_from)
    }
}

/// Inserts a key.
pub fn insert(tx: &mut Tx<'_>, key: &TokenKeyRow) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::insert_into(token_keys::table).values(key).execute(c))?;
    Ok(())
}

/// Locks the table until the transaction ends, so that one transaction at a time rotates keys.
/// SQLite has one writer at a time anyway.
pub fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match &mut tx.connection {
        TxConnection::Sqlite(_) => {}
        TxConnection::Postgres(connection) => {
            connection.batch_execute("LOCK TABLE token_keys IN SHARE ROW EXCLUSIVE MODE")?;
        }
    }
    Ok(())
}

/// Returns every key, the one with the latest `signs_from` first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<TokenKeyRow>, StoreError> {
    Ok(with_conn!(tx, c => token_keys::table
        .order((token_keys::signs_from.desc(), token_keys::id.desc()))
        .select(TokenKeyRow::as_select())
        .load(c))?)
}

/// Returns the private halves in the order of their keys' ids, from the one after `after` on.
pub fn list_sealed(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<SealedValue>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = with_conn!(tx, c => token_keys::table
        .filter(token_keys::id.gt(after))
        .order(token_keys::id)
        .limit(limit)
        .select((token_keys::id, token_keys::sealed_key))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(name, sealed)| SealedValue {
            name,
            sealed,
            // The service creates another key.
            is_needed: false,
        })
        .collect())
}

/// Replaces a private half, unless it has changed meanwhile.
pub fn replace_sealed(
    tx: &mut Tx<'_>,
    value: &SealedValue,
    sealed: &[u8],
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(token_keys::table.find(&value.name))
        .filter(token_keys::sealed_key.eq(&value.sealed))
        .set(token_keys::sealed_key.eq(sealed))
        .execute(c))?;
    Ok(())
}

/// Deletes a key.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::delete(token_keys::table.find(id)).execute(c))?;
    Ok(())
}
