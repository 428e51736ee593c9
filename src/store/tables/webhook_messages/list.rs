//! Lists messages for an operator.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::{EXPIRED, QueuedWebhook, Row};
use crate::{
    domain::{account::ids::EventId, timestamp::Timestamp},
    store::{
        error::StoreError,
        schema::webhook_messages,
        tables::events,
        tx::{Tx, with_conn},
    },
};

impl TryFrom<Row> for QueuedWebhook {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id()?,
            event_type: None,
            is_expired: row.state == EXPIRED,
            attempts: row.attempts,
            last_status: (row.last_status != 0).then_some(row.last_status),
            due_at: Timestamp::from_micros(row.due_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        })
    }
}

/// Returns up to `limit` messages after this one, in the order of their events.
pub fn list(
    tx: &mut Tx<'_>,
    after: Option<EventId>,
    limit: i64,
) -> Result<Vec<QueuedWebhook>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<Row> = with_conn!(tx, c => webhook_messages::table
        .filter(webhook_messages::event_id.gt(after))
        .order(webhook_messages::event_id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    let ids: Vec<_> = rows.iter().map(|row| row.event_id.clone()).collect();
    let stored = events::list_by_ids(tx, &ids)?.into_iter();
    let mut types: HashMap<_, _> = stored
        .filter_map(|one| Some((one.id, one.event.ok()?.name)))
        .collect();
    let listed = rows.into_iter().map(|row| {
        let event_type = types.remove(&row.event_id);
        QueuedWebhook::try_from(row).map(|message| QueuedWebhook {
            event_type,
            ..message
        })
    });
    listed.collect()
}
