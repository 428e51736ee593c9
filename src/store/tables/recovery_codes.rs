//! The table of recovery codes that were not used yet, as digests.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        account::ids::UserId, credential::recovery_code::RecoveryCodeHash, timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::recovery_codes,
        tx::{Tx, with_conn},
    },
};

/// Replaces the codes of an account.
pub fn replace(
    tx: &mut Tx<'_>,
    user: UserId,
    codes: &[RecoveryCodeHash],
    now: Timestamp,
) -> Result<(), StoreError> {
    let user_id = user.to_string();
    with_conn!(tx, c => diesel::delete(recovery_codes::table
            .filter(recovery_codes::user_id.eq(&user_id)))
        .execute(c))?;
    for code in codes {
        with_conn!(tx, c => diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::code_hash.eq(code.as_bytes()),
                recovery_codes::user_id.eq(&user_id),
                recovery_codes::created_at.eq(now.as_micros()),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Deletes a code of an account. Returns whether it existed: one of two transactions with the same
/// code deletes it.
pub fn take(tx: &mut Tx<'_>, user: UserId, code: &RecoveryCodeHash) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(recovery_codes::table
            .find(code.as_bytes())
            .filter(recovery_codes::user_id.eq(user.to_string())))
        .execute(c))?;
    Ok(deleted == 1)
}

/// Returns the number of an account's codes.
pub fn count(tx: &mut Tx<'_>, user: UserId) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => recovery_codes::table
        .filter(recovery_codes::user_id.eq(user.to_string()))
        .count()
        .get_result(c))?)
}

/// Returns the times at which an account's unused codes were created.
pub fn times(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Timestamp>, StoreError> {
    let times = with_conn!(tx, c => recovery_codes::table
        .filter(recovery_codes::user_id.eq(user.to_string()))
        .select(recovery_codes::created_at)
        .load::<i64>(c))?;
    Ok(times.into_iter().map(Timestamp::from_micros).collect())
}
