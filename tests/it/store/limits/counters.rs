//! The table of counters, on each database.

use std::time::Duration;

use daemun::{
    domain::{rate_limit::Subject, timestamp::Timestamp},
    store::{Db, StoreError, Tx, tables::counters},
};

use super::{MINUTE, count_allowed};
use crate::support::{on_a_database, rows::NOW};

type Hit = fn(
    &mut Tx<'_>,
    &Subject,
    counters::CounterRule,
    Timestamp,
) -> Result<Option<counters::Count>, StoreError>;

/// The two functions that count. They agree for first and for later events.
const WAYS: [Hit; 2] = [counters::hit, counters::first_hit];

fn hit(db: &Db, way: Hit, subject: u8, limit: Option<i64>, now: Timestamp) -> Option<i64> {
    let rule = counters::CounterRule {
        limit,
        ..counters::CounterRule::unlimited(MINUTE)
    };
    let counted = db.write(|tx| way(tx, &[subject; 32], rule, now));
    counted.unwrap().map(|count| {
        assert!(count.ends_at > now && count.ends_at <= now.plus(MINUTE));
        count.times
    })
}

fn count(db: &Db, subject: u8, now: Timestamp) -> Option<i64> {
    let found = db.read(|tx| counters::count(tx, &[subject; 32], now));
    found.unwrap().map(|count| count.times)
}

#[test]
fn a_counter_stops_at_its_limit_until_its_window_ends() {
    for way in WAYS {
        on_a_database(|db| {
            let hit = |subject, limit, now| hit(db, way, subject, limit, now);
            assert_eq!(count(db, 1, NOW), None);
            let later = NOW.plus(MINUTE / 2);
            for (now, counted) in [(NOW, Some(1)), (later, Some(2)), (later, None)] {
                assert_eq!(hit(1, Some(2), now), counted);
            }
            assert_eq!(count(db, 1, later), Some(2));
            assert_eq!(hit(2, Some(2), later), Some(1));
            // Without a limit, counting goes on. Rejected events were not counted.
            assert_eq!(hit(1, None, later), Some(3));
            // The window began with the first event.
            let end = NOW.plus(MINUTE);
            assert_eq!(count(db, 1, end), None);
            assert_eq!(hit(1, Some(2), end), Some(1));
        });
    }
}

#[test]
fn concurrent_hits_never_exceed_the_limit() {
    for way in WAYS {
        on_a_database(|db| {
            let hit = |now| hit(db, way, 1, Some(5), now).is_some();
            assert_eq!(count_allowed(16, || hit(NOW)), 5);
            assert_eq!(count(db, 1, NOW), Some(5));
            // The limit also holds when an old window ends.
            assert_eq!(count_allowed(16, || hit(NOW.plus(MINUTE))), 5);
        });
    }
}

#[test]
fn a_hit_is_refunded_only_within_its_own_window() {
    on_a_database(|db| {
        let hit = |now| {
            let counted = db.write(|tx| {
                counters::hit(tx, &[1; 32], counters::CounterRule::unlimited(MINUTE), now)
            });
            counted.unwrap().unwrap()
        };
        let take_back = |counted| {
            db.write(|tx| counters::refund(tx, &[1; 32], counted))
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
fn spaced_events_count_once_per_spacing_whatever_the_window() {
    on_a_database(|db| {
        let second = Duration::from_secs(1);
        let rule = counters::CounterRule {
            spacing: MINUTE / 2,
            limit: Some(3),
            ..counters::CounterRule::unlimited(MINUTE)
        };
        let hit = |now| {
            let counted = db.write(|tx| counters::hit(tx, &[1; 32], rule, now));
            counted.unwrap().map(|count| count.times)
        };
        assert_eq!(hit(NOW), Some(1));
        // An event that arrives out of order is as close as one that comes too soon.
        assert_eq!([hit(NOW.minus(second)), hit(NOW.plus(second))], [None; 2]);
        assert_eq!(hit(NOW.plus(second * 59)), Some(2));
        // The window has ended, but the spacing has not.
        assert_eq!(hit(NOW.plus(MINUTE)), None);
        assert_eq!(hit(NOW.plus(MINUTE * 2)), Some(1));
        // A clock that was set back by a day does not block for a day.
        assert_eq!(hit(NOW.minus(Duration::from_hours(24))), Some(1));
        assert_eq!(count_allowed(16, || hit(NOW.plus(MINUTE * 9)).is_some()), 1);
    });
}

#[test]
fn counters_are_purged_when_expired_or_too_many() {
    on_a_database(|db| {
        for number in 0..5 {
            hit(
                db,
                counters::hit,
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
        // The first two have expired. Each batch purges one.
        let ended = NOW.plus(MINUTE + counters::LONGEST_SPACING + Duration::from_secs(1));
        assert_eq!([(); 3].map(|()| purge(ended, 1, 5)), [1, 1, 0]);
        assert_eq!(purge(ended, 10, 2), 1);
        let kept: Vec<_> = (0..5).map(|number| count(db, number, NOW)).collect();
        assert_eq!(kept, [None, None, None, Some(1), Some(1)]);
    });
}

#[test]
fn counters_distinguish_reservations_from_settled_hits() {
    on_a_database(|db| {
        let rule = counters::CounterRule::at_most(3, MINUTE).settling_in(Duration::from_secs(10));
        let hit = |now| {
            let counted = db.write(|tx| counters::hit(tx, &[1; 32], rule, now));
            counted.unwrap()
        };
        let standing = |now| {
            let count = db.read(|tx| counters::count(tx, &[1; 32], now)).unwrap();
            count.map(|count| (count.times, count.in_flight))
        };
        let first = hit(NOW).unwrap();
        let second = hit(NOW).unwrap();
        assert_eq!((first.in_flight, second.in_flight), (1, 2));
        db.write(|tx| counters::settle(tx, &[1; 32], first))
            .unwrap();
        assert_eq!(standing(NOW), Some((2, 1)));
        db.write(|tx| counters::refund(tx, &[1; 32], second))
            .unwrap();
        assert_eq!(standing(NOW), Some((1, 0)));
        assert_eq!(count_allowed(8, || hit(NOW).is_some()), 2);
        assert_eq!(standing(NOW), Some((3, 2)));
        // Reservations of a killed process count as failures.
        assert_eq!(standing(NOW.plus(rule.settles_in)), Some((3, 0)));
        // Reservations do not carry over to the next window.
        let end = NOW.plus(MINUTE);
        assert_eq!(hit(end).map(|count| count.in_flight), Some(1));
        db.write(|tx| counters::settle(tx, &[1; 32], first))
            .unwrap();
        assert_eq!(standing(end), Some((1, 1)));
    });
}
