//! The table of failures: failed attempts per subject, and the end of its backoff.

mod record;

use std::{collections::HashMap, time::Duration};

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, OptionalExtension, QueryDsl, RunQueryDsl,
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
        schema::failures,
        tx::{Tx, lock_skip, with_conn},
    },
};

pub use record::{CountedFailure, Failures, LockoutRule};

/// Rows at most, so that a flood of made-up names cannot fill the disk: about 150 MB.
pub const CAPACITY: i64 = 1_000_000;

/// The time for which a row outlives its last failure, because of the failures in a row.
const RETENTION: Duration = Duration::from_hours(24 * 30);

/// Counts a failure, in flight. Returns `None` and counts nothing during a backoff, or after too
/// many failures in a row. One statement does this, so that concurrent attempts cannot pass
/// together.
pub fn count_one(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<Option<CountedFailure>, StoreError> {
    // The condition of an upsert needs this trait; a table has the same method from another.
    use diesel::query_dsl::methods::FilterDsl;
    let latest_wait = now.plus(rule.longest_wait).plus(CLOCK_SKEW).as_micros();
    let [forgotten_at, settles_at] =
        [rule.memory, rule.settles_in].map(|span| now.plus(span).as_micros());
    let (now, one) = (now.as_micros(), 1_i64.into_sql::<BigInt>());
    let waits_until = failures::waits_until;
    let may_try = waits_until.le(now).or(waits_until.gt(latest_wait));
    let counted = with_conn!(tx, c => prepared!(diesel::insert_into(failures::table)
        .values((
            failures::subject.eq(&subject[..]),
            failures::count.eq(1),
            failures::in_a_row.eq(1),
            failures::waits_until.eq(0),
            failures::forgotten_at.eq(forgotten_at),
            failures::in_flight.eq(1),
            failures::settles_at.eq(settles_at),
        ))
        .on_conflict(failures::subject)
        .do_update()
        .set((
            failures::count.eq(case_when(failures::forgotten_at.le(now), one)
                .otherwise(failures::count + 1_i64)),
            failures::in_a_row.eq(failures::in_a_row + 1_i64),
            failures::forgotten_at.eq(forgotten_at),
            failures::in_flight.eq(case_when(failures::settles_at.le(now), one)
                .otherwise(failures::in_flight + 1_i64)),
            failures::settles_at.eq(settles_at),
        ))
        .filter(may_try.and(failures::in_a_row.lt(rule.in_a_row)))
        .returning((failures::count, failures::in_flight)))
        .get_result::<(i64, i64)>(c).optional())?;
    Ok(counted.map(|(count, in_flight)| CountedFailure { count, in_flight }))
}

/// Sets the end of the backoff.
pub fn set_backoff(tx: &mut Tx<'_>, subject: &Subject, until: Timestamp) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(failures::table.find(&subject[..]))
        .set(failures::waits_until.eq(until.as_micros()))
        .returning(failures::count))
        .execute_counting(c))?;
    Ok(())
}

/// Returns the stored failures of a subject.
pub fn by_subject(
    tx: &mut Tx<'_>,
    subject: &Subject,
    now: Timestamp,
) -> Result<Option<Failures>, StoreError> {
    let found = with_conn!(tx, c => failures::table
        .find(&subject[..])
        .select((
            failures::count,
            failures::in_a_row,
            failures::waits_until,
            failures::forgotten_at,
            case_when(failures::settles_at.gt(now.as_micros()), failures::in_flight)
                .otherwise(0_i64.into_sql::<BigInt>()),
        ))
        .get_result::<(i64, i64, i64, i64, i64)>(c)
        .optional())?;
    Ok(found.map(
        |(count, in_a_row, waits_until, forgotten_at, in_flight)| Failures {
            count,
            in_a_row,
            waits_until: Timestamp::from_micros(waits_until),
            forgotten_at: Timestamp::from_micros(forgotten_at),
            in_flight,
        },
    ))
}

/// Returns the end of the last backoff of each of these subjects that is stored.
pub fn backoffs(
    tx: &mut Tx<'_>,
    subjects: &[Subject],
) -> Result<HashMap<Vec<u8>, Timestamp>, StoreError> {
    let subjects: Vec<&[u8]> = subjects.iter().map(|subject| &subject[..]).collect();
    let stored = with_conn!(tx, c => failures::table
        .filter(failures::subject.eq_any(&subjects))
        .select((failures::subject, failures::waits_until))
        .load::<(Vec<u8>, i64)>(c))?;
    let ends = stored.into_iter();
    Ok(ends
        .map(|(subject, end)| (subject, Timestamp::from_micros(end)))
        .collect())
}

/// Refunds an attempt that did not fail, and ends the backoff that it caused, unless another
/// failure has caused one since.
pub fn refund(
    tx: &mut Tx<'_>,
    subject: &Subject,
    waits_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    let caused = waits_until.map_or(0, Timestamp::as_micros);
    with_conn!(tx, c => prepared!(diesel::update(failures::table
            .find(&subject[..])
            .filter(failures::count.gt(0)))
        .set((
            failures::count.eq(failures::count - 1),
            failures::in_a_row.eq(failures::in_a_row - 1),
            failures::waits_until.eq(
                case_when(failures::waits_until.eq(caused), 0_i64.into_sql::<BigInt>())
                    .otherwise(failures::waits_until)),
            failures::in_flight.eq(
                case_when(failures::in_flight.gt(0), failures::in_flight - 1)
                    .otherwise(0_i64.into_sql::<BigInt>())),
        ))
        .returning(failures::count))
        .execute_counting(c))?;
    Ok(())
}

/// Settles one failure: it stays counted and can no longer be refunded.
pub fn settle(tx: &mut Tx<'_>, subject: &Subject) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(failures::table
            .find(&subject[..])
            .filter(failures::in_flight.gt(0)))
        .set(failures::in_flight.eq(failures::in_flight - 1))
        .returning(failures::count))
        .execute_counting(c))?;
    Ok(())
}

/// Resets the failures of a subject after a success that had `own` attempts in flight. Other
/// attempts in flight stay counted.
pub fn reset_on_success(
    tx: &mut Tx<'_>,
    subject: &Subject,
    own: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_last = failures::in_flight
        .le(own)
        .or(failures::settles_at.le(now.as_micros()));
    let forgotten = with_conn!(tx, c => diesel::delete(failures::table.find(&subject[..]).filter(is_last))
        .execute(c))?;
    if forgotten == 0 {
        let others = failures::in_flight - own;
        with_conn!(tx, c => prepared!(diesel::update(failures::table.find(&subject[..]))
            .set((
                failures::count.eq(others),
                failures::in_a_row.eq(others),
                failures::waits_until.eq(0),
                failures::in_flight.eq(others),
            ))
            .returning(failures::count))
            .execute_counting(c))?;
    }
    Ok(())
}

/// Deletes the failures of these subjects. Rows are always locked in the same order, so that
/// transactions do not deadlock.
pub fn delete_all(tx: &mut Tx<'_>, mut subjects: Vec<Subject>) -> Result<(), StoreError> {
    subjects.sort_unstable();
    for subject in subjects {
        with_conn!(tx, c => diesel::delete(failures::table.find(&subject[..])).execute(c))?;
    }
    Ok(())
}

/// Deletes up to `limit` rows whose last failure is long ago, or those over [`CAPACITY`], the next
/// to expire first. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    purge(tx, now, limit, CAPACITY)
}

/// Deletes rows like [`purge_expired`], with another capacity.
pub fn purge(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
    capacity: i64,
) -> Result<usize, StoreError> {
    let mut gone = lock_skip!(
        tx,
        Vec<u8>,
        failures::table
            .filter(failures::forgotten_at.le(now.minus(RETENTION).as_micros()))
            .limit(limit)
            .select(failures::subject)
    )?;
    if gone.is_empty() {
        let kept = with_conn!(tx, c => failures::table.select(count_star()).get_result::<i64>(c))?;
        gone = lock_skip!(
            tx,
            Vec<u8>,
            failures::table
                .order(failures::forgotten_at.asc())
                .limit((kept - capacity).clamp(0, limit))
                .select(failures::subject)
        )?;
    }
    with_conn!(tx, c => diesel::delete(failures::table.filter(failures::subject.eq_any(&gone)))
        .execute(c))?;
    Ok(gone.len())
}
