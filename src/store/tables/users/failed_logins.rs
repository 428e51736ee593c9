//! The failed logins in a row in the table of accounts.

use diesel::{ExpressionMethods, QueryDsl};

use crate::{
    domain::account::ids::UserId,
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// Counts a failed login of an account, unless `limit` in a row are counted. Returns whether it was
/// counted.
pub fn count_failure(tx: &mut Tx<'_>, id: UserId, limit: Option<i64>) -> Result<bool, StoreError> {
    let counted = with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.lt(limit.unwrap_or(i64::MAX))))
        .set(users::failed_log_ins.eq(users::failed_log_ins + 1))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(counted == 1)
}

/// Refunds one counted login that did not fail.
pub fn refund_failure(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.gt(0)))
        .set(users::failed_log_ins.eq(users::failed_log_ins - 1))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(())
}

/// Resets the number of failed logins of an account.
pub fn reset_failures(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.gt(0)))
        .set(users::failed_log_ins.eq(0))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(())
}
