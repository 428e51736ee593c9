//! The table of events that wait to be sent to the webhook: inserted in the transaction of the
//! event, and claimed by one worker at a time. A sent message is deleted.

mod list;
mod message;
mod results;
mod resume;

use std::{collections::HashMap, time::Duration};

use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::exists, upsert::excluded,
};

use crate::{
    domain::{account::ids::EventId, event::Event, timestamp::Timestamp},
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::webhook_messages,
        tables::{
            delivery::{ClaimedBatch, PendingMessages},
            events,
        },
        tx::{Tx, lock_skip, with_conn},
    },
};

use results::expire;

pub use list::list;
pub use message::{LIFE, QueuedWebhook, WebhookMessage};
pub use results::record;
pub use resume::make_due;

/// The states of a message.
const WAITING: &str = "waiting";
const EXPIRED: &str = "expired";

/// The time for which an operator can see and replay an expired message.
const RETENTION: Duration = Duration::from_hours(7 * 24);

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = webhook_messages)]
struct Row {
    event_id: String,
    state: String,
    attempts: i64,
    last_status: i64,
    due_at: i64,
    expires_at: i64,
}

impl Row {
    /// A message that is due at once.
    fn due(id: EventId, now: Timestamp) -> Self {
        Self {
            event_id: id.to_string(),
            state: WAITING.to_owned(),
            attempts: 0,
            last_status: 0,
            due_at: now.as_micros(),
            expires_at: now.plus(LIFE).as_micros(),
        }
    }

    fn id(&self) -> Result<EventId, StoreError> {
        EventId::parse(&self.event_id)
            .ok_or_else(|| StoreError::corrupt("webhook_messages", "event_id", &self.event_id))
    }

    fn message(&self, event: Option<Event>) -> Result<WebhookMessage, StoreError> {
        Ok(WebhookMessage {
            id: self.id()?,
            event,
            attempts: self.attempts,
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

/// Inserts the message of an event, due at once.
pub fn insert(tx: &mut Tx<'_>, event: EventId, now: Timestamp) -> Result<(), StoreError> {
    let row = Row::due(event, now);
    with_conn!(tx, c => prepared!(diesel::insert_into(webhook_messages::table).values(&row))
        .execute(c))?;
    Ok(())
}

/// Makes the messages of these events due at once, whether they were sent, wait or have expired.
pub fn replay(tx: &mut Tx<'_>, events: &[EventId], now: Timestamp) -> Result<(), StoreError> {
    events.iter().try_for_each(|id| {
        let row = Row::due(*id, now);
        with_conn!(tx, c => prepared!(diesel::insert_into(webhook_messages::table)
            .values(&row)
            .on_conflict(webhook_messages::event_id)
            .do_update()
            .set((
                webhook_messages::state.eq(excluded(webhook_messages::state)),
                webhook_messages::attempts.eq(excluded(webhook_messages::attempts)),
                webhook_messages::due_at.eq(excluded(webhook_messages::due_at)),
                webhook_messages::expires_at.eq(excluded(webhook_messages::expires_at)),
            ))
            .returning(webhook_messages::attempts))
            .execute_counting(c))?;
        Ok(())
    })
}

/// Returns whether a message is due.
pub fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let due = webhook_messages::table
        .filter(webhook_messages::state.eq(WAITING))
        .filter(webhook_messages::due_at.le(now.as_micros()));
    Ok(with_conn!(tx, c => diesel::select(exists(due)).get_result(c))?)
}

/// Returns the number of messages that are to be sent, at most `limit`, and the oldest of them.
pub fn pending(tx: &mut Tx<'_>, limit: i64) -> Result<PendingMessages, StoreError> {
    let expiries = with_conn!(tx, c => webhook_messages::table
        .filter(webhook_messages::state.eq(WAITING))
        .order(webhook_messages::due_at)
        .limit(limit)
        .select(webhook_messages::expires_at)
        .load::<i64>(c))?;
    let oldest = expiries.iter().min().copied();
    Ok(PendingMessages {
        count: u64::try_from(expiries.len()).unwrap_or(u64::MAX),
        oldest: oldest.map(|expiry| Timestamp::from_micros(expiry).minus(LIFE)),
    })
}

/// Claims up to `limit` due messages with their events under a lease until `until`, when they are
/// due again: no other worker claims them before, and none is lost with a worker that dies. A
/// message whose event cannot be read ends as expired.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<ClaimedBatch<WebhookMessage>, StoreError> {
    let due = lock_skip!(
        tx,
        String,
        webhook_messages::table
            .filter(webhook_messages::state.eq(WAITING))
            .filter(webhook_messages::due_at.le(now.as_micros()))
            .order(webhook_messages::due_at)
            .limit(limit)
            .select(webhook_messages::event_id)
    )?;
    let claimed = with_conn!(tx, c => diesel::update(webhook_messages::table
            .filter(webhook_messages::event_id.eq_any(&due)))
        .set(webhook_messages::due_at.eq(until.as_micros()))
        .returning(Row::as_returning())
        .load::<Row>(c))?;
    let stored = events::list_by_ids(tx, &due)?;
    let mut stored: HashMap<_, _> = stored.into_iter().map(|one| (one.id, one.event)).collect();
    let mut batch = ClaimedBatch {
        messages: Vec::new(),
        unreadable: Vec::new(),
    };
    for row in claimed {
        let event = stored.remove(&row.event_id).transpose();
        match event.and_then(|event| row.message(event)) {
            Ok(message) => batch.messages.push(message),
            Err(error) => {
                expire(tx, &row.event_id)?;
                batch.unreadable.push(error);
            }
        }
    }
    Ok(batch)
}

/// Ends up to `limit` waiting messages that have expired. Returns how many.
pub fn expire_overdue(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let overdue = lock_skip!(
        tx,
        String,
        webhook_messages::table
            .filter(webhook_messages::state.eq(WAITING))
            .filter(webhook_messages::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(webhook_messages::event_id)
    )?;
    with_conn!(tx, c => diesel::update(webhook_messages::table
            .filter(webhook_messages::event_id.eq_any(&overdue)))
        .set(webhook_messages::state.eq(EXPIRED))
        .execute(c))?;
    Ok(overdue.len())
}

/// Deletes up to `limit` messages that expired a week ago. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let old = lock_skip!(
        tx,
        String,
        webhook_messages::table
            .filter(webhook_messages::state.eq(EXPIRED))
            .filter(webhook_messages::expires_at.le(now.minus(RETENTION).as_micros()))
            .limit(limit)
            .select(webhook_messages::event_id)
    )?;
    with_conn!(tx, c => diesel::delete(webhook_messages::table
            .filter(webhook_messages::event_id.eq_any(&old)))
        .execute(c))?;
    Ok(old.len())
}
