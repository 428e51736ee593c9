//! The table of failures, on each database.

use std::time::Duration;

use daemun::{
    domain::timestamp::Timestamp,
    store::{
        Db,
        tables::failures::{self, LockoutRule},
    },
};

use super::{MINUTE, count_allowed};
use crate::support::{on_a_database, rows::NOW};

const RULE: LockoutRule = LockoutRule {
    in_a_row: 6,
    memory: Duration::from_hours(1),
    longest_wait: Duration::from_mins(15),
    settles_in: Duration::from_secs(10),
};

fn fail(db: &Db, now: Timestamp) -> Option<i64> {
    let counted = db.write(|tx| failures::count_one(tx, &[1; 32], RULE, now));
    counted.unwrap().map(|counted| counted.count)
}

fn failures_of(db: &Db) -> Option<(i64, i64)> {
    let found = db.read(|tx| failures::by_subject(tx, &[1; 32], NOW));
    found.unwrap().map(|found| (found.count, found.in_a_row))
}

#[test]
fn failures_during_a_backoff_or_beyond_the_limit_are_not_counted() {
    on_a_database(|db| {
        assert_eq!(failures_of(db), None);
        assert_eq!([fail(db, NOW), fail(db, NOW)], [Some(1), Some(2)]);
        let until = NOW.plus(MINUTE);
        db.write(|tx| failures::set_backoff(tx, &[1; 32], until))
            .unwrap();
        assert_eq!(fail(db, NOW), None);
        assert_eq!(fail(db, until), Some(3));
        // After a while the count restarts, but the failures in a row stay.
        let later = until.plus(RULE.memory);
        assert_eq!(fail(db, later), Some(1));
        assert_eq!(failures_of(db), Some((1, 4)));
        assert_eq!(count_allowed(16, || fail(db, later).is_some()), 2);
        assert_eq!(fail(db, later.plus(RULE.memory)), None);
        // A backoff from before the clock was set back is ignored.
        db.write(|tx| failures::delete_all(tx, vec![[1; 32], [2; 32]]))
            .unwrap();
        assert_eq!(fail(db, NOW), Some(1));
        let far = NOW.plus(RULE.longest_wait * 2);
        db.write(|tx| failures::set_backoff(tx, &[1; 32], far))
            .unwrap();
        assert_eq!(fail(db, NOW), Some(2));
    });
}

#[test]
fn a_refunded_failure_takes_its_backoff_back() {
    on_a_database(|db| {
        let take_back = |until| {
            db.write(|tx| failures::refund(tx, &[1; 32], until))
                .unwrap();
        };
        take_back(None);
        assert_eq!(failures_of(db), None);
        fail(db, NOW);
        fail(db, NOW);
        let until = NOW.plus(MINUTE);
        db.write(|tx| failures::set_backoff(tx, &[1; 32], until))
            .unwrap();
        // This failure did not cause the backoff.
        take_back(None);
        assert_eq!(failures_of(db), Some((1, 1)));
        assert_eq!(fail(db, NOW), None);
        take_back(Some(until));
        assert_eq!(failures_of(db), Some((0, 0)));
        assert_eq!(fail(db, NOW), Some(1));
    });
}

#[test]
fn reservations_are_distinct_from_failures() {
    on_a_database(|db| {
        let in_flight = |now| {
            let found = db.read(|tx| failures::by_subject(tx, &[1; 32], now));
            let found = found.unwrap();
            found.map(|found| (found.count, found.in_flight))
        };
        let settle = || db.write(|tx| failures::settle(tx, &[1; 32])).unwrap();
        let forgive = |own| {
            db.write(|tx| failures::reset_on_success(tx, &[1; 32], own, NOW))
                .unwrap();
        };
        for _attempt in 0..3 {
            fail(db, NOW);
        }
        assert_eq!(in_flight(NOW), Some((3, 3)));
        settle();
        assert_eq!(in_flight(NOW), Some((3, 2)));
        // A success resets the failures and keeps the reservation of the other attempt.
        forgive(1);
        assert_eq!(in_flight(NOW), Some((1, 1)));
        forgive(1);
        assert_eq!(in_flight(NOW), None);
        // An attempt of a killed process counts as a failure in the end.
        fail(db, NOW);
        let end = NOW.plus(RULE.settles_in);
        assert_eq!(in_flight(end), Some((1, 0)));
        fail(db, end);
        assert_eq!(in_flight(end), Some((2, 1)));
        settle();
        settle();
        assert_eq!(in_flight(end), Some((2, 0)));
        forgive(0);
        assert_eq!(in_flight(end), None);
    });
}

#[test]
fn failures_are_purged_when_old_or_too_many() {
    on_a_database(|db| {
        for number in 0..5 {
            let now = NOW.plus(MINUTE * u32::from(number));
            db.write(|tx| failures::count_one(tx, &[number; 32], RULE, now))
                .unwrap();
        }
        let purge = |now, capacity| {
            db.write(|tx| failures::purge(tx, now, 10, capacity))
                .unwrap()
        };
        let kept = NOW.plus(RULE.memory + Duration::from_hours(24 * 30));
        assert_eq!(purge(kept.minus(MINUTE), 5), 0);
        assert_eq!(purge(kept, 5), 1);
        assert_eq!(purge(kept, 1), 3);
        assert_eq!(purge(kept, 1), 0);
        let last = db
            .read(|tx| failures::by_subject(tx, &[4; 32], NOW))
            .unwrap();
        assert!(last.is_some());
    });
}
