//! The table of counters: how often something happened within a window of time; it must not know what is counted.

use std::time::Duration;

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
        schema::counters,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// Rows that are kept at most, so that a flood cannot fill the disk: about 20 MB.
pub const CAPACITY: i64 = 200_000;

/// The longest [`CounterRule::spacing`]: a counter is kept for as long after its window.
pub const LONGEST_SPACING: Duration = Duration::from_mins(1);

/// What a counter stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How often it happened in this window.
    pub times: i64,
    /// When the window ends and counting begins anew.
    pub ends_at: Timestamp,
    /// How many of them are places of attempts in flight, which may be taken back.
    pub in_flight: i64,
}

/// How something is counted.
#[derive(Clone, Copy, Debug)]
pub struct CounterRule {
    /// How long a window lasts.
    pub window: Duration,
    /// How often it may happen in one, if that is limited.
    pub limit: Option<i64>,
    /// How far it has to be from the last time, in this window or another; at most [`LONGEST_SPACING`].
    pub spacing: Duration,
    /// How long a hit stays in flight at most, unless it is settled or taken back before. A hit of a rule without it is final.
    pub settles_in: Duration,
}

impl CounterRule {
    /// As often as you like, with this window.
    #[must_use]
    pub const fn unlimited(window: Duration) -> Self {
        Self {
            window,
            limit: None,
            spacing: Duration::ZERO,
            settles_in: Duration::ZERO,
        }
    }

    /// So often within this window.
    #[must_use]
    pub const fn at_most(limit: i64, window: Duration) -> Self {
        Self {
            limit: Some(limit),
            ..Self::unlimited(window)
        }
    }

    /// The same, whose hits are in flight for this long at most.
    #[must_use]
    pub const fn settling_in(self, settles_in: Duration) -> Self {
        Self { settles_in, ..self }
    }

    /// The same with so many times the limit.
    #[must_use]
    pub fn times(self, factor: i64) -> Self {
        Self {
            limit: self.limit.map(|limit| limit.saturating_mul(factor)),
            ..self
        }
    }

    /// The places that one hit takes in flight.
    fn places(self) -> i64 {
        i64::from(!self.settles_in.is_zero())
    }

    /// Until when the last time may have been. Without spacing it does not matter whether a request overtook another.
    fn last_before(self, now: Timestamp) -> Timestamp {
        if self.spacing.is_zero() {
            Timestamp::from_micros(i64::MAX)
        } else {
            now.minus(self.spacing)
        }
    }
}

/// Counts one more time in a window that begins with the first; `None`, and nothing is counted, where the rule forbids it.
/// It is one statement, so that no two hits at once can both be the last that is allowed.
pub fn hit(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: CounterRule,
    now: Timestamp,
) -> Result<Option<Count>, StoreError> {
    // Only an upsert's condition needs this trait; a table has the same method of another.
    use diesel::query_dsl::methods::FilterDsl;
    // What is later than it can be by our clock was written before that was set back.
    let latest = |moment: Timestamp| moment.plus(CLOCK_SKEW).as_micros();
    let end = now.plus(rule.window);
    let has_ended = counters::ends_at
        .le(now.as_micros())
        .or(counters::ends_at.gt(latest(end)));
    let (places, settles_at) = (rule.places(), now.plus(rule.settles_in).as_micros());
    let has_settled = has_ended.or(counters::settles_at.le(now.as_micros()));
    let last_before = rule.last_before(now).as_micros();
    let is_apart = counters::last_at
        .le(last_before)
        .or(counters::last_at.gt(latest(now)));
    let (now, ends_at) = (now.as_micros(), end.as_micros());
    let counted = with_conn!(tx, c => prepared!(diesel::insert_into(counters::table)
        .values((
            counters::subject.eq(&subject[..]),
            counters::count.eq(1),
            counters::ends_at.eq(ends_at),
            counters::last_at.eq(now),
            counters::in_flight.eq(places),
            counters::settles_at.eq(settles_at),
        ))
        .on_conflict(counters::subject)
        .do_update()
        .set((
            counters::count.eq(case_when(has_ended, 1_i64.into_sql::<BigInt>())
                .otherwise(counters::count + 1_i64)),
            counters::ends_at.eq(case_when(has_ended, ends_at.into_sql::<BigInt>())
                .otherwise(counters::ends_at)),
            counters::last_at.eq(now),
            counters::in_flight.eq(case_when(has_settled, places.into_sql::<BigInt>())
                .otherwise(counters::in_flight + places)),
            counters::settles_at.eq(settles_at),
        ))
        .filter(has_ended.or(counters::count.lt(rule.limit.unwrap_or(i64::MAX))).and(is_apart))
        .returning((counters::count, counters::ends_at, counters::in_flight)))
        .get_result::<(i64, i64, i64)>(c)
        .optional())?;
    Ok(counted.map(read))
}

/// The same for what has most likely not happened yet within its window: to add a row costs less than to ask for one that may be there.
pub fn first_hit(
    tx: &mut Tx<'_>,
    subject: &Subject,
    rule: CounterRule,
    now: Timestamp,
) -> Result<Option<Count>, StoreError> {
    let first = Count {
        times: 1,
        ends_at: now.plus(rule.window),
        in_flight: rule.places(),
    };
    let added = with_conn!(tx, c => prepared!(diesel::insert_into(counters::table)
        .values((
            counters::subject.eq(&subject[..]),
            counters::count.eq(first.times),
            counters::ends_at.eq(first.ends_at.as_micros()),
            counters::last_at.eq(now.as_micros()),
            counters::in_flight.eq(first.in_flight),
            counters::settles_at.eq(now.plus(rule.settles_in).as_micros()),
        ))
        .on_conflict_do_nothing())
        .execute(c))?;
    if added == 1 {
        Ok(Some(first))
    } else {
        hit(tx, subject, rule, now)
    }
}

/// What a counter stands at, if its window is open.
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

/// Takes one time back that [`hit`] counted, and its place in flight, if its window is still the one that it was counted in.
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

/// Ends the flight of one time that [`hit`] counted: it stays counted and is not taken back any more.
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

/// Removes up to `limit` counters whose window and spacing have ended, and those over [`CAPACITY`], the soonest to end first; how many.
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
