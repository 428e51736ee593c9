//! Records the results of deliveries.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::{EXPIRED, WAITING};
use crate::{
    domain::{account::ids::EventId, timestamp::Timestamp},
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::webhook_messages,
        tables::delivery::{DeliveryResult, FinalState},
        tx::{Tx, with_conn},
    },
};

/// Records the results of claimed messages.
pub fn record(tx: &mut Tx<'_>, ended: &[(EventId, DeliveryResult)]) -> Result<(), StoreError> {
    let is_sent =
        |result: &DeliveryResult| matches!(result, DeliveryResult::Final(FinalState::Sent));
    let sent = ended.iter().filter(|(_, result)| is_sent(result));
    let sent: Vec<_> = sent.map(|(id, _)| id.to_string()).collect();
    if !sent.is_empty() {
        with_conn!(tx, c => diesel::delete(webhook_messages::table
                .filter(webhook_messages::event_id.eq_any(&sent)))
            .execute(c))?;
    }
    ended.iter().try_for_each(|(id, result)| match *result {
        DeliveryResult::Final(FinalState::Sent) => Ok(()),
        DeliveryResult::Final(FinalState::Failed | FinalState::Expired) => {
            expire(tx, &id.to_string())
        }
        DeliveryResult::Retry {
            attempts,
            due_at,
            status,
        } => retry(tx, &id.to_string(), attempts, due_at, status),
    })
}

fn retry(
    tx: &mut Tx<'_>,
    id: &str,
    attempts: i64,
    due_at: Timestamp,
    status: Option<u16>,
) -> Result<(), StoreError> {
    let waiting = webhook_messages::table
        .find(id)
        .filter(webhook_messages::state.eq(WAITING));
    let times = (
        webhook_messages::attempts.eq(attempts),
        webhook_messages::due_at.eq(due_at.as_micros()),
    );
    let Some(status) = status else {
        with_conn!(tx, c => prepared!(diesel::update(waiting)
            .set(times)
            .returning(webhook_messages::attempts))
            .execute_counting(c))?;
        return Ok(());
    };
    let last_status = webhook_messages::last_status.eq(i64::from(status));
    with_conn!(tx, c => prepared!(diesel::update(waiting)
        .set((times, last_status))
        .returning(webhook_messages::attempts))
        .execute_counting(c))?;
    Ok(())
}

pub(super) fn expire(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(webhook_messages::table.find(id))
        .set(webhook_messages::state.eq(EXPIRED))
        .returning(webhook_messages::attempts))
        .execute_counting(c))?;
    Ok(())
}
