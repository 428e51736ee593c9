//! Makes messages due that wait for a later time.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::WAITING;
use crate::{
    domain::timestamp::Timestamp,
    store::{
        error::StoreError,
        schema::webhook_messages,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// Makes up to `limit` waiting messages due now that are due after `later`. Returns how many. A
/// `later` after the end of the leases spares the messages in delivery.
pub fn make_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    later: Timestamp,
    limit: i64,
) -> Result<usize, StoreError> {
    let delayed = lock_skip!(
        tx,
        String,
        webhook_messages::table
            .filter(webhook_messages::state.eq(WAITING))
            .filter(webhook_messages::due_at.gt(later.as_micros()))
            .limit(limit)
            .select(webhook_messages::event_id)
    )?;
    with_conn!(tx, c => diesel::update(webhook_messages::table
            .filter(webhook_messages::event_id.eq_any(&delayed)))
        .set(webhook_messages::due_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(delayed.len())
}
