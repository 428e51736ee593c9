//! The table of security events: the audit log.

mod row;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper, dsl::count_star};

use crate::{
    domain::{
        account::ids::{EventId, UserId},
        event::{Event, EventQuery, OccurredEvent},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::events,
        tx::{Tx, lock_skip, with_conn},
    },
};
use row::{NewEventRow, Row};

/// The result of reading one row.
pub struct ReadEvent {
    /// The stored id.
    pub id: String,
    /// The event, or an error if a column is corrupt.
    pub event: Result<Event, StoreError>,
}

/// Inserts an event, or adds it to the row with this key. Returns whether it has a new row.
pub fn insert(
    tx: &mut Tx<'_>,
    occurred: &OccurredEvent,
    roll_up: Option<String>,
) -> Result<bool, StoreError> {
    let row = NewEventRow::of(occurred, roll_up);
    let Some(roll_up) = row.roll_up() else {
        with_conn!(tx, c => prepared!(diesel::insert_into(events::table).values(&row)).execute(c))?;
        return Ok(true);
    };
    let added = with_conn!(tx, c => prepared!(diesel::insert_into(events::table)
        .values(&row)
        .on_conflict_do_nothing())
        .execute(c))?;
    if added == 0 {
        with_conn!(tx, c => prepared!(diesel::update(events::table
                .filter(events::roll_up.eq(roll_up)))
            .set((
                events::count.eq(events::count + row.count()),
                events::last_at.eq(occurred.context.at.as_micros()),
            ))
            .returning(events::count))
            .execute_counting(c))?;
    }
    Ok(added == 1)
}

/// Returns the stored events of these ids, each beside its id. A row that cannot be read is an
/// error of its own.
pub fn list_by_ids(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<ReadEvent>, StoreError> {
    let rows: Vec<Row> = with_conn!(tx, c => events::table
        .filter(events::id.eq_any(ids))
        .select(Row::as_select())
        .load(c))?;
    let read = rows.into_iter().map(|row| ReadEvent {
        id: row.id().to_owned(),
        event: Event::try_from(row),
    });
    Ok(read.collect())
}

/// Returns a page of events: the newest first, or the oldest first from `after` on.
pub fn list(tx: &mut Tx<'_>, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
    let names: Vec<_> = query.types.iter().map(|one| one.name()).collect();
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut rows = events::table.select(Row::as_select()).limit(query.limit).into_boxed();
        if let Some(user) = query.user {
            rows = rows.filter(events::user_id.eq(user.to_string()));
        }
        if !names.is_empty() {
            rows = rows.filter(events::type_.eq_any(&names));
        }
        if let Some(since) = query.since {
            rows = rows.filter(events::id.ge(EventId::earliest_at(since).to_string()));
        }
        if let Some(until) = query.until {
            rows = rows.filter(events::id.lt(EventId::earliest_at(until).to_string()));
        }
        if let Some(before) = query.before {
            rows = rows.filter(events::id.lt(before.to_string()));
        }
        match query.after {
            Some(after) => rows
                .filter(events::id.gt(after.to_string()))
                .order(events::id.asc())
                .load(c),
            None => rows.order(events::id.desc()).load(c),
        }
    })?;
    rows.into_iter().map(Event::try_from).collect()
}

/// Returns the number of an account's rows from a time on.
pub fn count_by_user(tx: &mut Tx<'_>, user: UserId, since: Timestamp) -> Result<i64, StoreError> {
    let first = EventId::earliest_at(since).to_string();
    Ok(with_conn!(tx, c => prepared!(events::table
        .filter(events::user_id.eq(user.to_string()))
        .filter(events::id.ge(first))
        .select(count_star()))
        .get_result(c))?)
}

/// Returns the number of rows that several events share.
pub fn count_rolled_up(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => events::table
        .filter(events::roll_up.is_not_null())
        .select(count_star())
        .get_result(c))?)
}

/// Removes the personal data from the events of an account that is deleted. Its id stays, as a
/// pseudonym.
pub fn anonymize(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let nothing = None::<String>;
    with_conn!(tx, c => diesel::update(events::table.filter(events::user_id.eq(user.to_string())))
        .set((
            events::ip.eq(&nothing),
            events::user_agent.eq(&nothing),
            events::session_id.eq(&nothing),
            events::detail.eq(&nothing),
            events::roll_up.eq(&nothing),
            events::count.eq(0),
        ))
        .execute(c))?;
    Ok(())
}

/// Deletes up to `limit` events from before a time. Returns how many.
pub fn purge_before(tx: &mut Tx<'_>, time: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        events::table
            .filter(events::id.lt(EventId::earliest_at(time).to_string()))
            .limit(limit)
            .select(events::id)
    )?;
    with_conn!(tx, c => diesel::delete(events::table.filter(events::id.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
