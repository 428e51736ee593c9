//! What the tables behind the limits do, on every database there is

use std::{sync::Barrier, thread, time::Duration};

use daemun::{
    domain::time::Timestamp,
    store::{Db, counters},
};

use crate::databases::on_each_database;

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);

fn hit(db: &Db, subject: u8, limit: Option<i64>, now: Timestamp) -> Option<i64> {
    let counted = db.write(|tx| counters::hit(tx, &[subject; 32], limit, MINUTE, now));
    counted.unwrap().map(|count| {
        assert!(count.ends_at > now && count.ends_at <= now.plus(MINUTE));
        count.times
    })
}

fn count(db: &Db, subject: u8, now: Timestamp) -> Option<i64> {
    let found = db.read(|tx| counters::count(tx, &[subject; 32], now));
    found.unwrap().map(|count| count.times)
}

/// Does it `times` at once and tells how often it was allowed.
fn at_once(times: usize, allowed: impl Fn() -> bool + Sync) -> usize {
    let barrier = Barrier::new(times);
    thread::scope(|scope| {
        let tries: Vec<_> = (0..times)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    allowed()
                })
            })
            .collect();
        let outcomes = tries.into_iter().map(|one| one.join().unwrap());
        outcomes.filter(|is_allowed| *is_allowed).count()
    })
}

#[test]
fn a_counter_stops_at_its_limit_until_its_window_ends() {
    on_each_database(|db| {
        assert_eq!(count(db, 1, NOW), None);
        let later = NOW.plus(MINUTE / 2);
        for (now, counted) in [(NOW, Some(1)), (later, Some(2)), (later, None)] {
            assert_eq!(hit(db, 1, Some(2), now), counted);
        }
        assert_eq!(count(db, 1, later), Some(2));
        assert_eq!(hit(db, 2, Some(2), later), Some(1));
        // Without a limit it goes on, and what was refused was not counted.
        assert_eq!(hit(db, 1, None, later), Some(3));
        // The window began with the first.
        let end = NOW.plus(MINUTE);
        assert_eq!(count(db, 1, end), None);
        assert_eq!(hit(db, 1, Some(2), end), Some(1));
    });
}

#[test]
fn raced_hits_never_pass_the_limit() {
    on_each_database(|db| {
        assert_eq!(at_once(16, || hit(db, 1, Some(5), NOW).is_some()), 5);
        assert_eq!(count(db, 1, NOW), Some(5));
        // The same where an old window ends.
        let end = NOW.plus(MINUTE);
        assert_eq!(at_once(16, || hit(db, 1, Some(5), end).is_some()), 5);
    });
}

#[test]
fn a_hit_is_taken_back_from_its_own_window_alone() {
    on_each_database(|db| {
        let hit = |now| {
            let counted = db.write(|tx| counters::hit(tx, &[1; 32], None, MINUTE, now));
            counted.unwrap().unwrap()
        };
        let take_back = |counted| {
            db.write(|tx| counters::take_back(tx, &[1; 32], counted))
                .unwrap();
        };
        let first = hit(NOW);
        hit(NOW);
        take_back(first);
        assert_eq!(count(db, 1, NOW), Some(1));
        let end = NOW.plus(MINUTE);
        hit(end);
        take_back(first);
        assert_eq!(count(db, 1, end), Some(1));
    });
}

#[test]
fn counters_are_purged_when_they_end_and_when_they_are_too_many() {
    on_each_database(|db| {
        for number in 0..5 {
            hit(
                db,
                number,
                None,
                NOW.plus(Duration::from_secs(number.into())),
            );
        }
        let purge = |now, limit, capacity| {
            db.write(|tx| counters::purge(tx, now, limit, capacity))
                .unwrap()
        };
        assert_eq!(purge(NOW, 10, 5), 0);
        // The first two have ended, one at a time.
        let ended = NOW.plus(MINUTE + Duration::from_secs(1));
        assert_eq!([(); 3].map(|()| purge(ended, 1, 5)), [1, 1, 0]);
        assert_eq!(purge(ended, 10, 2), 1);
        let kept: Vec<_> = (0..5).map(|number| count(db, number, NOW)).collect();
        assert_eq!(kept, [None, None, None, Some(1), Some(1)]);
    });
}
