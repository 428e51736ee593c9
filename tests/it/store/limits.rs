//! What the tables behind the limits do, on every database there is

use std::time::Duration;

use daemun::{
    domain::{
        account::ids::UserId,
        credential::token::{PlainToken, TokenKind},
        rate_limit::Subject,
        session::device::{LIFE, NewDevice, PER_ACCOUNT},
        timestamp::Timestamp,
    },
    store::{
        Db, StoreError, Tx,
        tables::{
            counters, devices,
            failures::{self, LockoutRule},
            users,
        },
    },
};

use crate::support::at_once;
use crate::support::on_a_database;
use crate::support::rows::{NOW, kept};

const MINUTE: Duration = Duration::from_mins(1);

type Hit = fn(
    &mut Tx<'_>,
    &Subject,
    counters::CounterRule,
    Timestamp,
) -> Result<Option<counters::Count>, StoreError>;

/// Both count alike, whether something has happened before or not.
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

/// Acts `times` at the same time. Returns how often it was allowed.
fn count_allowed(times: usize, is_allowed: impl Fn() -> bool + Sync) -> usize {
    let outcomes = at_once((0..times).map(|_| &is_allowed));
    outcomes.into_iter().filter(|allowed| *allowed).count()
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
            // Without a limit it goes on, and what was refused was not counted.
            assert_eq!(hit(1, None, later), Some(3));
            // The window began with the first.
            let end = NOW.plus(MINUTE);
            assert_eq!(count(db, 1, end), None);
            assert_eq!(hit(1, Some(2), end), Some(1));
        });
    }
}

#[test]
fn raced_hits_never_pass_the_limit() {
    for way in WAYS {
        on_a_database(|db| {
            let hit = |now| hit(db, way, 1, Some(5), now).is_some();
            assert_eq!(count_allowed(16, || hit(NOW)), 5);
            assert_eq!(count(db, 1, NOW), Some(5));
            // The same where an old window ends.
            assert_eq!(count_allowed(16, || hit(NOW.plus(MINUTE))), 5);
        });
    }
}

#[test]
fn a_hit_is_taken_back_from_its_own_window_alone() {
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
fn what_is_spaced_is_counted_once_in_that_time_whatever_the_window() {
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
        // One that was overtaken is as near as one that comes too soon.
        assert_eq!([hit(NOW.minus(second)), hit(NOW.plus(second))], [None; 2]);
        assert_eq!(hit(NOW.plus(second * 59)), Some(2));
        // The window has ended, the spacing has not.
        assert_eq!(hit(NOW.plus(MINUTE)), None);
        assert_eq!(hit(NOW.plus(MINUTE * 2)), Some(1));
        // A clock that was set back a day keeps nobody waiting for one.
        assert_eq!(hit(NOW.minus(Duration::from_hours(24))), Some(1));
        assert_eq!(count_allowed(16, || hit(NOW.plus(MINUTE * 9)).is_some()), 1);
    });
}

#[test]
fn counters_are_purged_when_they_end_and_when_they_are_too_many() {
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
        // The first two have ended, one at a time.
        let ended = NOW.plus(MINUTE + counters::LONGEST_SPACING + Duration::from_secs(1));
        assert_eq!([(); 3].map(|()| purge(ended, 1, 5)), [1, 1, 0]);
        assert_eq!(purge(ended, 10, 2), 1);
        let kept: Vec<_> = (0..5).map(|number| count(db, number, NOW)).collect();
        assert_eq!(kept, [None, None, None, Some(1), Some(1)]);
    });
}

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
fn who_has_to_wait_or_failed_too_often_is_not_counted() {
    on_a_database(|db| {
        assert_eq!(failures_of(db), None);
        assert_eq!([fail(db, NOW), fail(db, NOW)], [Some(1), Some(2)]);
        let until = NOW.plus(MINUTE);
        db.write(|tx| failures::set_backoff(tx, &[1; 32], until))
            .unwrap();
        assert_eq!(fail(db, NOW), None);
        assert_eq!(fail(db, until), Some(3));
        // After a while it begins anew, but what is in a row stays.
        let later = until.plus(RULE.memory);
        assert_eq!(fail(db, later), Some(1));
        assert_eq!(failures_of(db), Some((1, 4)));
        assert_eq!(count_allowed(16, || fail(db, later).is_some()), 2);
        assert_eq!(fail(db, later.plus(RULE.memory)), None);
        // A wait of a clock that was set back is none.
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
fn a_failure_that_was_none_is_taken_back_with_its_wait() {
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
        // Not the one that made it wait.
        take_back(None);
        assert_eq!(failures_of(db), Some((1, 1)));
        assert_eq!(fail(db, NOW), None);
        take_back(Some(until));
        assert_eq!(failures_of(db), Some((0, 0)));
        assert_eq!(fail(db, NOW), Some(1));
    });
}

#[test]
fn places_in_flight_are_told_from_failures() {
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
        // A success forgives the failure and keeps the place of the other attempt.
        forgive(1);
        assert_eq!(in_flight(NOW), Some((1, 1)));
        forgive(1);
        assert_eq!(in_flight(NOW), None);
        // An attempt whose process has died is a failure in the end.
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
fn counters_tell_places_in_flight_from_what_is_settled() {
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
        // Those whose process has died are failures.
        assert_eq!(standing(NOW.plus(rule.settles_in)), Some((3, 0)));
        // Another window knows nothing of places in this one.
        let end = NOW.plus(MINUTE);
        assert_eq!(hit(end).map(|count| count.in_flight), Some(1));
        db.write(|tx| counters::settle(tx, &[1; 32], first))
            .unwrap();
        assert_eq!(standing(end), Some((1, 1)));
    });
}

#[test]
fn failures_are_purged_when_they_are_old_and_when_they_are_too_many() {
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

#[test]
fn an_account_counts_its_failures_up_to_a_limit() {
    on_a_database(|db| {
        let user = kept(db, 1).id;
        let count = |limit| {
            db.write(|tx| users::count_failure(tx, user, limit))
                .unwrap()
        };
        assert_eq!(count_allowed(8, || count(Some(3))), 3);
        assert!(count(None));
        assert!(!count(Some(4)));
        db.write(|tx| users::refund_failure(tx, user)).unwrap();
        assert!(count(Some(4)));
        db.write(|tx| users::reset_failures(tx, user)).unwrap();
        assert_eq!(count_allowed(8, || count(Some(3))), 3);
        let nobody = UserId::new(NOW, &[9; 10]);
        let counted = db.write(|tx| users::count_failure(tx, nobody, None));
        assert!(!counted.unwrap());
    });
}

#[test]
fn devices_are_known_until_they_are_old_or_too_many() {
    on_a_database(|db| {
        let user_id = kept(db, 1).id;
        let token = |number| PlainToken::new(TokenKind::Device, [number; 32]).digest();
        let insert = |number: u8| {
            let created_at = NOW.plus(MINUTE * u32::from(number));
            let new = NewDevice {
                user_id,
                token_hash: token(number),
                created_at,
                expires_at: created_at.plus(LIFE),
            };
            db.write(|tx| devices::insert(tx, &new)).unwrap()
        };
        let owner = |number, now| {
            db.read(|tx| devices::owner(tx, &token(number), now))
                .unwrap()
        };
        assert!(insert(0));
        assert!(!insert(1));
        assert_eq!(owner(0, NOW), Some(user_id));
        assert_eq!(owner(9, NOW), None);
        assert_eq!(owner(0, NOW.plus(LIFE)), None);
        for number in 2..=20 {
            assert!(!insert(number));
        }
        assert_eq!(owner(0, NOW), None);
        assert_eq!(owner(1, NOW), Some(user_id));
        let list = || db.read(|tx| devices::list_by_user(tx, user_id)).unwrap();
        assert_eq!(list().len(), PER_ACCOUNT);
        assert!(list().contains(&token(20)));
        let end = NOW.plus(LIFE + MINUTE * 2);
        let purge = |limit| {
            db.write(|tx| devices::purge_expired(tx, end, limit))
                .unwrap()
        };
        assert_eq!([purge(1), purge(5), purge(5)], [1, 1, 0]);
        db.write(|tx| devices::delete_by_user(tx, user_id)).unwrap();
        assert!(list().is_empty());
        // They go with their account.
        insert(1);
        db.write(|tx| users::delete(tx, user_id)).unwrap();
        assert_eq!(owner(1, NOW), None);
    });
}
