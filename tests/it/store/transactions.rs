//! Transactions and errors of the store, on each database.

use std::{collections::HashSet, time::Duration};

use daemun::{
    domain::account::user::User,
    store::{
        StoreError, Unique,
        tables::{sessions, users},
    },
};

use crate::support::{
    Home, at_once, on_a_database,
    rows::{NOW, keep, kept, session, taken, user},
};

#[test]
fn a_failed_transaction_leaves_no_rows() {
    on_a_database(|db| {
        kept(db, 1);
        let (new, clash) = (
            user(2),
            User {
                username: user(1).username,
                ..user(3)
            },
        );
        let outcome = db.write(|tx| {
            keep(tx, &new)?;
            keep(tx, &clash)
        });
        assert_eq!(taken(outcome), Unique::Username);
        assert!(db.read(|tx| users::by_id(tx, new.id)).unwrap().is_none());
        kept(db, 2);
    });
}

#[test]
fn errors_contain_no_stored_value() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let reported = taken_text(db.write(|tx| keep(tx, &ann)));
        assert!(!reported.to_lowercase().contains("person1"), "{reported}");
    });
}

fn taken_text(outcome: Result<(), StoreError>) -> String {
    let error = outcome.unwrap_err();
    format!("{error} {error:?}")
}

#[test]
fn concurrent_inserts_of_one_name_create_one_account() {
    on_a_database(|db| {
        let outcomes = at_once((0..20).map(|number| {
            let same = User {
                username: user(1).username,
                ..user(number + 1)
            };
            move || db.write(|tx| keep(tx, &same))
        }));
        let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(made, 1);
        for outcome in outcomes.into_iter().filter(Result::is_err) {
            assert_eq!(taken(outcome), Unique::Username);
        }
    });
}

/// Two handles on one database behave like two processes: they share no locks in memory.
#[test]
fn concurrent_writers_and_readers_never_fail_on_a_lock() {
    let home = Home::new();
    let handles = [home.db(), home.db()];
    handles[0].migrate().unwrap();
    let ann = kept(&handles[0], 1);
    let outcomes = at_once((0_u8..8).map(|lane| {
        let (db, ann) = (&handles[usize::from(lane % 2)], &ann);
        move || -> Result<(), StoreError> {
            for turn in 0..10 {
                let (token, new) = session(ann, lane * 10 + turn, Duration::ZERO);
                db.write(|tx| {
                    // A deferred transaction could not upgrade from this read to the write.
                    users::lock_if_unchanged(tx, ann.id, 0)?;
                    sessions::insert(tx, &new)
                })?;
                let caller = db.read(|tx| sessions::by_token(tx, &token.digest(), NOW))?;
                assert!(caller.is_some(), "a read sees the write before it");
            }
            Ok(())
        }
    }));
    let failures: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{failures:?}");
    let listed = handles[1]
        .read(|tx| sessions::list_by_user(tx, ann.id, NOW))
        .unwrap();
    let distinct: HashSet<_> = listed.iter().map(|session| session.id).collect();
    assert_eq!(distinct.len(), 80);
}
