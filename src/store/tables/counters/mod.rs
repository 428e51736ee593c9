//! The table of counters, each of which counts events within a window of time.

mod rule;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, IntoSql, OptionalExtension, QueryDsl,
    RunQueryDsl,
    dsl::{case_when, count_star},
    sql_types::BigInt,
};

use crate::{
    domain::{
        rate_limit::{CLOCK_SKEW, Subject},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::counters,
        tx::{Tx, lock_skip, with_conn},
    },
};

pub use rule::{CounterRule, LONGEST_SPACING};

/// Rows at most, so that a flood cannot fill the disk: about 20 MB.
pub const CAPACITY: i64 = 200_000;

/// The state of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Events in this window.
    pub times: i64,
    /// The end of the window, when the counter restarts.
    pub ends_at: Timestamp,
    /// Events of attempts in flight, which may be refunded.
    pub in_flight: i64,
}

#[derive(Insertable)]
#[diesel(table_name = counters)]
struct CounterRow<'a> {
    subject: &'a [u8],
    count: i64,
    ends_at: i64,
    last_at: i64,
    in_flight: i64,
    settles_at: i64,
}

impl<'a> CounterRow<'a> {
    /// Returns the row of the first event in a window.
    fn first(subject: &'a Subject, rule: CounterRule, now: Timestamp) -> Self {
        Self {
            subject,
            count: 1,
            ends_at: now.plus(rule.window).as_micros(),
            last_at: now.as_micros(),
            in_flight: rule.places(),
            settles_at: now.plus(rule.settles_in).as_micros(),
        }
    }
}

/// Counts an event in a window that starts with the first. Returns `None` and counts nothing if the
/// rule forbids it. One statement does this, so that two concurrent hits cannot both be the last
/// allowed one.
pub fn hit(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: CounterRule,
    now: Timestamp,
) -> Result<Option<Count>, StoreError> {
    // The condition of an upsert needs this trait; a table has the same method from another.
    use diesel::query_dsl::methods::FilterDsl;
    // A later time than this clock can produce was written before the clock was set back.
    let latest = |moment: Timestamp| moment.plus(CLOCK_SKEW).as_micros();
    let end = now.plus(rule.window);
    let has_ended = counters::ends_at
        .le(now.as_micros())
        .or(counters::ends_at.gt(latest(end)));
    let row = CounterRow::first(subject, rule, now);
    let has_settled = has_ended.or(counters::settles_at.le(row.last_at));
    let is_apart = counters::last_at
        .le(rule.last_before(now).as_micros())
        .or(counters::last_at.gt(latest(now)));
    let [one, end, places] = [1, row.ends_at, row.in_flight].map(IntoSql::into_sql::<BigInt>);
    let counted = with_conn!(tx, c => prepared!(diesel::insert_into(counters::table)
        .values(&row)
        .on_conflict(counters::subject)
        .do_update()
        .set((
            counters::count.eq(case_when(has_ended, one).otherwise(counters::count + 1_i64)),
            counters::ends_at.eq(case_when(has_ended, end).otherwise(counters::ends_at)),
            counters::last_at.eq(row.last_at),
            counters::in_flight.eq(case_when(has_settled, places)
                .otherwise(counters::in_flight + row.in_flight)),
            counters::settles_at.eq(row.settles_at),
        ))
        .filter(has_ended.or(counters::count.lt(rule.limit.unwrap_or(i64::MAX))).and(is_apart))
        .returning((counters::count, counters::ends_at, counters::in_flight)))
        .get_result::<(i64, i64, i64)>(c)
        .optional())?;
    Ok(counted.map(read))
}

/// Counts an event like [`hit`], when it is most likely the first in its window: an insert costs
/// less than a query for a row that may exist.
pub fn first_hit(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: CounterRule,
    now: Timestamp,
) -> Result<Option<Count>, StoreError> {
    let row = CounterRow::first(subject, rule, now);
    let added = with_conn!(tx, c => prepared!(diesel::insert_into(counters::table)
        .values(&row)
        .on_conflict_do_nothing())
        .execute(c))?;
    if added == 1 {
        Ok(Some(read((row.count, row.ends_at, row.in_flight))))
    } else {
        hit(tx, subject, rule, now)
    }
}

/// Returns the state of a counter whose window is open.
pub fn count(
    tx: &mut Tx<'_>,
    subject: &Subject,
    now: Timestamp,
) -> Result<Option<Count>, StoreError> {
    let found = with_conn!(tx, c => counters::table
        .find(&subject[..])
        .filter(counters::ends_at.gt(now.as_micros()))
        .select((
            counters::count,
            counters::ends_at,
            case_when(counters::settles_at.gt(now.as_micros()), counters::in_flight)
                .otherwise(0_i64.into_sql::<BigInt>()),
        ))
        .get_result::<(i64, i64, i64)>(c)
        .optional())?;
    Ok(found.map(read))
}

/// Refunds one event that [`hit`] counted, if the window is still the same.
pub fn refund(tx: &mut Tx<'_>, subject: &Subject, counted: Count) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(counters::table
            .find(&subject[..])
            .filter(counters::ends_at.eq(counted.ends_at.as_micros()))
            .filter(counters::count.gt(0)))
        .set((
            counters::count.eq(counters::count - 1),
            counters::in_flight.eq(
                case_when(counters::in_flight.gt(0), counters::in_flight - 1)
                    .otherwise(0_i64.into_sql::<BigInt>())),
        ))
        .returning(counters::count))
        .execute_counting(c))?;
    Ok(())
}

/// Settles one event that [`hit`] counted: it stays counted and can no longer be refunded.
pub fn settle(tx: &mut Tx<'_>, subject: &Subject, counted: Count) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(counters::table
            .find(&subject[..])
            .filter(counters::ends_at.eq(counted.ends_at.as_micros()))
            .filter(counters::in_flight.gt(0)))
        .set(counters::in_flight.eq(counters::in_flight - 1))
        .returning(counters::count))
        .execute_counting(c))?;
    Ok(())
}

/// Deletes up to `limit` counters whose window and spacing have ended, or those over [`CAPACITY`],
/// the next to end first. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    purge(tx, now, limit, CAPACITY)
}

/// Deletes counters like [`purge_expired`], with another capacity.
pub fn purge(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
    capacity: i64,
) -> Result<usize, StoreError> {
    let mut gone = lock_skip!(
        tx,
        Vec<u8>,
        counters::table
            .filter(counters::ends_at.le(now.minus(LONGEST_SPACING).as_micros()))
            .limit(limit)
            .select(counters::subject)
    )?;
    if gone.is_empty() {
        let kept = with_conn!(tx, c => counters::table.select(count_star()).get_result::<i64>(c))?;
        gone = lock_skip!(
            tx,
            Vec<u8>,
            counters::table
                .order(counters::ends_at.asc())
                .limit((kept - capacity).clamp(0, limit))
                .select(counters::subject)
        )?;
    }
    with_conn!(tx, c => diesel::delete(counters::table.filter(counters::subject.eq_any(&gone)))
        .execute(c))?;
    Ok(gone.len())
}

fn read((times, ends_at, in_flight): (i64, i64, i64)) -> Count {
    Count {
        times,
        ends_at: Timestamp::from_micros(ends_at),
        in_flight,
    }
}
