//! The table of failures: how often somebody failed, in a row and lately, and until when he has to wait; it must not know how long
//! waits are.

use std::time::Duration;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, OptionalExtension, QueryDsl, RunQueryDsl,
    dsl::{case_when, count_star},
    sql_types::BigInt,
};

use super::{
    cached::cached,
    error::StoreError,
    schema::failures,
    tx::{Tx, held, on},
};
use crate::domain::{
    limit::{CLOCK_SKEW, Subject},
    time::Timestamp,
};

/// Rows that are kept at most, so that a flood of made-up names cannot fill the disk: about 25 MB.
pub const CAPACITY: i64 = 200_000;

/// How long a row outlives its last failure for the sake of its failures in a row.
const KEPT: Duration = Duration::from_hours(24 * 30);

/// What is known of somebody's failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many there were lately.
    pub count: i64,
    /// How many there were since the last success.
    pub in_a_row: i64,
    /// Until when the next try is refused.
    pub waits_until: Timestamp,
    /// When `count` begins anew, if there is no other failure.
    pub forgotten_at: Timestamp,
}

/// How failures are counted.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How many there may be in a row.
    pub in_a_row: i64,
    /// How long the last is remembered.
    pub memory: Duration,
    /// The longest that anybody is made to wait; what is kept far beyond is of a clock that was set back.
    pub longest_wait: Duration,
}

/// Counts one more failure and tells how many there are lately; `None`, and nothing is counted, for who has to wait or has failed
/// too often in a row. It is one statement, so that raced tries never pass.
pub fn count_one(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: Rule,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    // Only an upsert's condition needs this trait; a table has the same method of another.
    use diesel::query_dsl::methods::FilterDsl;
    let forgotten_at = now.plus(rule.memory).as_micros();
    let latest_wait = now.plus(rule.longest_wait).plus(CLOCK_SKEW).as_micros();
    let now = now.as_micros();
    let may_try = failures::waits_until
        .le(now)
        .or(failures::waits_until.gt(latest_wait));
    let counted = on!(tx, c => cached!(diesel::insert_into(failures::table)
        .values((
            failures::subject.eq(&subject[..]),
            failures::count.eq(1),
            failures::in_a_row.eq(1),
            failures::waits_until.eq(0),
            failures::forgotten_at.eq(forgotten_at),
        ))
        .on_conflict(failures::subject)
        .do_update()
        .set((
            failures::count.eq(case_when(failures::forgotten_at.le(now), 1_i64.into_sql::<BigInt>())
                .otherwise(failures::count + 1_i64)),
            failures::in_a_row.eq(failures::in_a_row + 1_i64),
            failures::forgotten_at.eq(forgotten_at),
        ))
        .filter(may_try.and(failures::in_a_row.lt(rule.in_a_row)))
        .returning(failures::count))
        .get_result::<i64>(c)
        .optional())?;
    Ok(counted)
}

/// Makes the next try wait.
pub fn make_wait(tx: &mut Tx<'_>, subject: &Subject, until: Timestamp) -> Result<(), StoreError> {
    on!(tx, c => cached!(diesel::update(failures::table.find(&subject[..]))
        .set(failures::waits_until.eq(until.as_micros()))
        .returning(failures::count))
        .changes(c))?;
    Ok(())
}

/// What is known of this one's failures.
pub fn by_subject(tx: &mut Tx<'_>, subject: &Subject) -> Result<Option<Failures>, StoreError> {
    let found = on!(tx, c => failures::table
        .find(&subject[..])
        .select((
            failures::count,
            failures::in_a_row,
            failures::waits_until,
            failures::forgotten_at,
        ))
        .get_result::<(i64, i64, i64, i64)>(c)
        .optional())?;
    Ok(
        found.map(|(count, in_a_row, waits_until, forgotten_at)| Failures {
            count,
            in_a_row,
            waits_until: Timestamp::from_micros(waits_until),
            forgotten_at: Timestamp::from_micros(forgotten_at),
        }),
    )
}

/// Takes one failure back that was none, and the wait that it caused, unless another has caused one since.
pub fn take_back(
    tx: &mut Tx<'_>,
    subject: &Subject,
    waits_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    let caused = waits_until.map_or(0, Timestamp::as_micros);
    on!(tx, c => cached!(diesel::update(failures::table
            .find(&subject[..])
            .filter(failures::count.gt(0)))
        .set((
            failures::count.eq(failures::count - 1),
            failures::in_a_row.eq(failures::in_a_row - 1),
            failures::waits_until.eq(
                case_when(failures::waits_until.eq(caused), 0_i64.into_sql::<BigInt>())
                    .otherwise(failures::waits_until)),
        ))
        .returning(failures::count))
        .changes(c))?;
    Ok(())
}

/// Forgets all of these. They are locked in one order, whoever comes, so that nobody waits for another in a circle.
pub fn forget(tx: &mut Tx<'_>, mut subjects: Vec<Subject>) -> Result<(), StoreError> {
    subjects.sort_unstable();
    for subject in subjects {
        on!(tx, c => diesel::delete(failures::table.find(&subject[..])).execute(c))?;
    }
    Ok(())
}

/// Removes up to `limit` rows whose last failure is long ago, and those over [`CAPACITY`], the oldest first; how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    purge(tx, now, limit, CAPACITY)
}

/// The same with another capacity.
pub fn purge(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
    capacity: i64,
) -> Result<usize, StoreError> {
    let mut gone = held!(
        tx,
        Vec<u8>,
        failures::table
            .filter(failures::forgotten_at.le(now.minus(KEPT).as_micros()))
            .limit(limit)
            .select(failures::subject)
    )?;
    if gone.is_empty() {
        let kept = on!(tx, c => failures::table.select(count_star()).get_result::<i64>(c))?;
        gone = held!(
            tx,
            Vec<u8>,
            failures::table
                .order(failures::forgotten_at.asc())
                .limit((kept - capacity).clamp(0, limit))
                .select(failures::subject)
        )?;
    }
    on!(tx, c => diesel::delete(failures::table.filter(failures::subject.eq_any(&gone)))
        .execute(c))?;
    Ok(gone.len())
}
