//! The table of the keys that sign access tokens, sealed.

use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    connection::SimpleConnection,
};

use crate::{
    domain::timestamp::Timestamp,
    store::{
        error::StoreError,
        schema::signing_keys,
        tx::{Tx, with_conn},
    },
};

/// A key as the database stores it.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKeyRow {
    /// The `kid` of its tokens.
    pub id: String,
    /// Its public half, in base64url.
    pub public_key: String,
    /// Its private half, sealed.
    pub sealed_key: Vec<u8>,
    created_at: i64,
    signs_from: i64,
}

impl SigningKeyRow {
    /// Returns the row of a key that was created at `created_at` and signs from `signs_from` on.
    #[must_use]
    pub const fn new(
        id: String,
        public_key: String,
        sealed_key: Vec<u8>,
        created_at: Timestamp,
        signs_from: Timestamp,
    ) -> Self {
        Self {
            id,
            public_key,
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
pub fn insert(tx: &mut Tx<'_>, key: &SigningKeyRow) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::insert_into(signing_keys::table).values(key).execute(c))?;
    Ok(())
}

/// Locks the table until the transaction ends, so that one transaction at a time rotates keys.
/// SQLite has one writer at a time anyway.
pub fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(_) => {}
        Tx::Postgres(connection) => {
            connection.batch_execute("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")?;
        }
    }
    Ok(())
}

/// Returns every key, the one with the latest `signs_from` first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SigningKeyRow>, StoreError> {
    Ok(with_conn!(tx, c => signing_keys::table
        .order((signing_keys::signs_from.desc(), signing_keys::id.desc()))
        .select(SigningKeyRow::as_select())
        .load(c))?)
}

/// Deletes a key.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::delete(signing_keys::table.find(id)).execute(c))?;
    Ok(())
}
