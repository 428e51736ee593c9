//! Row locks on the table of accounts.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::account::{email::EmailKey, ids::UserId},
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, TxConnection, with_conn},
    },
};

/// Locks the row of an account until the transaction ends. Returns whether the account exists.
/// SQLite has one writer at a time anyway.
///
/// Every transaction locks rows in the same order, so that none deadlock: counters, failures, the
/// account, the rows that the account owns.
pub fn lock(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let account = users::table.find(id.to_string()).select(users::id);
    let found = match &mut tx.connection {
        TxConnection::Sqlite(connection) => {
            account.get_result::<String>(&mut **connection).optional()
        }
        TxConnection::Postgres(connection) => account
            .for_no_key_update()
            .get_result::<String>(&mut **connection)
            .optional(),
    };
    Ok(found?.is_some())
}

/// Locks the row of the account with this mailbox. Returns the account's id.
pub fn lock_by_email(tx: &mut Tx<'_>, mailbox: &EmailKey) -> Result<Option<String>, StoreError> {
    let account = users::table
        .filter(users::email_key.eq(mailbox.as_str()))
        .select(users::id);
    Ok(match &mut tx.connection {
        TxConnection::Sqlite(connection) => account.get_result(&mut **connection).optional(),
        TxConnection::Postgres(connection) => account
            .for_no_key_update()
            .get_result(&mut **connection)
            .optional(),
    }?)
}

/// Locks the account row. Returns whether it is enabled and its password version is still
/// `version`.
pub fn lock_if_unchanged(tx: &mut Tx<'_>, id: UserId, version: i64) -> Result<bool, StoreError> {
    if !lock(tx, id)? {
        return Ok(false);
    }
    let found = with_conn!(tx, c => users::table
        .find(id.to_string())
        .filter(users::password_version.eq(version))
        .filter(users::disabled.eq(false))
        .count()
        .get_result::<i64>(c))?;
    Ok(found == 1)
}
