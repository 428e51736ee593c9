//! What accounts and transactions are to the store, on every database there is

use std::{collections::HashSet, time::Duration};

use daemun::{
    domain::account::{email::Email, ids::UserId, user::User, username::Username},
    store::{
        StoreError, Tx, Unique,
        tables::{captcha_uses, idempotency_keys, sessions, users},
    },
};

use crate::support::on_a_database;
use crate::support::{
    Home, at_once,
    rows::{HOUR, NOW, keep, kept, key, open, session, taken, user},
};

#[test]
fn an_account_is_found_by_each_of_its_keys() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        kept(db, 2);
        let found = db
            .read(|tx| {
                Ok::<_, StoreError>([
                    users::by_username(tx, Username::parse("PERSON1").unwrap().key())?,
                    users::by_email(tx, Email::parse("pERSON1@EXAMPLE.com").unwrap().key())?,
                    users::by_id(tx, ann.id)?,
                ])
            })
            .unwrap();
        for found in found {
            let found = found.unwrap();
            assert_eq!(found.user.id, ann.id);
            assert_eq!(found.user.username, ann.username);
            assert_eq!(found.user.email.as_str(), ann.email.as_str());
            assert_eq!(found.user.email_verified, ann.email_verified);
            assert_eq!(found.user.created_at, NOW);
            assert_eq!(found.password_hash, "first");
            assert!(!found.disabled);
        }
        let nobody = user(3);
        let nobody = db.read(|tx| users::by_username(tx, nobody.username.key()));
        assert!(nobody.unwrap().is_none());
    });
}

#[test]
fn each_rule_of_uniqueness_is_told_by_its_name() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let other = User {
            id: UserId::new(NOW, &[9; 10]),
            ..user(2)
        };
        let with = |change: fn(User, User) -> User| {
            let changed = change(other.clone(), ann.clone());
            taken(db.write(|tx| keep(tx, &changed)))
        };
        assert_eq!(
            with(|other, ann| User {
                username: ann.username,
                ..other
            }),
            Unique::Username
        );
        assert_eq!(
            with(|other, ann| User {
                email: ann.email,
                ..other
            }),
            Unique::Email
        );
        assert_eq!(
            with(|other, ann| User {
                id: ann.id,
                ..other
            }),
            Unique::Random
        );

        let (_, first) = session(&ann, 1, Duration::ZERO);
        open(db, &first);
        let (_, same_token) = session(&ann, 1, HOUR / 2);
        assert_eq!(
            taken(db.write(|tx| sessions::insert(tx, &same_token))),
            Unique::Random
        );

        let insert =
            |tx: &mut Tx<'_>| idempotency_keys::insert(tx, &key(1), ann.id, NOW.plus(HOUR));
        db.write(insert).unwrap();
        assert_eq!(taken(db.write(insert)), Unique::IdempotencyKey);
    });
}

#[test]
fn both_keys_in_use_are_told_in_field_order() {
    on_a_database(|db| {
        kept(db, 1);
        kept(db, 2);
        let told = |name: u8, address: u8| {
            let (name, address) = (user(name), user(address));
            db.read(|tx| users::taken_keys(tx, name.username.key(), address.email.key()))
                .unwrap()
        };
        assert_eq!(told(1, 2), [Unique::Username, Unique::Email]);
        assert_eq!(told(1, 3), [Unique::Username]);
        assert_eq!(told(3, 2), [Unique::Email]);
        assert_eq!(told(3, 3), []);
    });
}

#[test]
fn a_user_name_is_changed_with_its_key_and_freed() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let ben = kept(db, 2);
        let rename = |id, name: &str| {
            let name = Username::parse(name).unwrap();
            db.write(|tx| users::set_username(tx, id, &name))
        };
        assert!(rename(ann.id, "Somebody").unwrap());
        assert!(rename(ben.id, "person1").unwrap(), "the old name is free");
        assert_eq!(
            taken(rename(ben.id, "SOMEBODY").map(drop)),
            Unique::Username
        );
        assert!(!rename(user(3).id, "Nobody1").unwrap());
        let key = Username::parse("somebody").unwrap();
        let found = db
            .read(|tx| users::by_username(tx, key.key()))
            .unwrap()
            .unwrap();
        assert_eq!(found.user.username.as_str(), "Somebody");
    });
}

#[test]
fn a_password_is_replaced_only_where_it_is_the_one_that_was_seen() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let change = |version: i64, new: &str| {
            db.write(|tx| users::change_password(tx, ann.id, version, new))
                .unwrap()
        };
        let still_has = |version: i64| {
            db.read(|tx| users::lock_if_unchanged(tx, ann.id, version))
                .unwrap()
        };
        assert!(still_has(0));
        assert!(change(0, "second"));
        assert!(!change(0, "third"), "a change that came in between holds");
        assert!(still_has(1) && !still_has(0));
        assert!(
            db.write(|tx| users::set_password(tx, ann.id, "fourth"))
                .unwrap()
        );
        assert!(still_has(2) && !still_has(1));
    });
}

#[test]
fn a_renewed_hash_is_the_same_password() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let renew = |old: &str, new: &str| {
            db.write(|tx| users::renew_password_hash(tx, ann.id, old, new))
                .unwrap()
        };
        assert!(renew("first", "second"));
        assert!(!renew("first", "third"), "another renewal came first");
        let found = db.read(|tx| users::by_id(tx, ann.id)).unwrap().unwrap();
        assert_eq!(
            (found.password_hash.as_str(), found.password_version),
            ("second", 0)
        );
        assert!(
            db.read(|tx| users::lock_if_unchanged(tx, ann.id, 0))
                .unwrap()
        );
    });
}

#[test]
fn a_disabled_account_is_nobodys() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let (token, new) = session(&ann, 1, Duration::ZERO);
        open(db, &new);
        let disable = |disabled| {
            db.write(|tx| users::set_disabled(tx, ann.id, disabled))
                .unwrap()
        };
        let is_recognised = || {
            db.read(|tx| sessions::by_token(tx, &token.digest(), NOW))
                .unwrap()
                .is_some()
        };
        assert!(is_recognised());
        assert!(disable(true));
        assert!(!is_recognised());
        assert!(
            !db.read(|tx| users::lock_if_unchanged(tx, ann.id, 0))
                .unwrap()
        );
        assert!(
            db.read(|tx| users::by_id(tx, ann.id))
                .unwrap()
                .unwrap()
                .disabled
        );
        assert!(disable(false));
        assert!(is_recognised());
        let nobody = db.write(|tx| users::set_disabled(tx, user(2).id, true));
        assert!(!nobody.unwrap());
    });
}

#[test]
fn a_deleted_account_leaves_nothing() {
    on_a_database(|db| {
        let (ann, ben) = (kept(db, 1), kept(db, 2));
        let (ann_token, new) = session(&ann, 1, Duration::ZERO);
        open(db, &new);
        let (ben_token, new) = session(&ben, 2, Duration::ZERO);
        open(db, &new);
        db.write(|tx| {
            idempotency_keys::insert(tx, &key(1), ann.id, NOW.plus(HOUR))?;
            idempotency_keys::insert(tx, &key(2), ben.id, NOW.plus(HOUR))
        })
        .unwrap();
        assert!(db.write(|tx| users::delete(tx, ann.id)).unwrap());
        assert!(!db.write(|tx| users::delete(tx, ann.id)).unwrap());
        db.read(|tx| {
            assert!(users::by_id(tx, ann.id)?.is_none());
            assert!(sessions::by_token(tx, &ann_token.digest(), NOW)?.is_none());
            assert!(sessions::list_by_user(tx, ann.id, NOW)?.is_empty());
            assert!(idempotency_keys::by_key(tx, &[1; 32], NOW)?.is_none());
            assert!(sessions::by_token(tx, &ben_token.digest(), NOW)?.is_some());
            assert!(idempotency_keys::by_key(tx, &[2; 32], NOW)?.is_some());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn accounts_are_listed_page_by_page_by_age() {
    on_a_database(|db| {
        let mut made = Vec::new();
        for number in [3, 1, 2] {
            let created_at = NOW.plus(HOUR * number.into());
            let id = UserId::new(created_at, &[0; 10]);
            let user = User {
                id,
                created_at,
                ..user(number)
            };
            db.write(|tx| keep(tx, &user)).unwrap();
            made.push(user);
        }
        made.sort_by_key(|user| user.created_at);
        let page = |after, limit| db.read(|tx| users::list(tx, after, limit)).unwrap();
        let first: Vec<_> = page(None, 2).iter().map(|found| found.user.id).collect();
        assert_eq!(first, [made[0].id, made[1].id]);
        let second: Vec<_> = page(Some(first[1]), 2)
            .iter()
            .map(|found| found.user.id)
            .collect();
        assert_eq!(second, [made[2].id]);
        assert!(page(Some(second[0]), 2).is_empty());
    });
}

#[test]
fn a_failed_transaction_leaves_nothing() {
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
fn what_the_log_may_hold_names_no_value() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let told = taken_text(db.write(|tx| keep(tx, &ann)));
        assert!(!told.to_lowercase().contains("person1"), "{told}");
    });
}

fn taken_text(outcome: Result<(), StoreError>) -> String {
    let error = outcome.unwrap_err();
    format!("{error} {error:?}")
}

#[test]
fn writers_of_one_name_at_once_make_one_account() {
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

/// Two handles on one database are what two processes are: neither knows of the other's locks.
#[test]
fn many_writers_and_readers_of_one_database_never_meet_a_lock() {
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

#[test]
fn a_proof_of_work_is_used_once_until_it_is_purged() {
    on_a_database(|db| {
        let uses = |number: u8, expires_at| {
            db.write(|tx| captcha_uses::insert(tx, &[number; 32], expires_at))
                .unwrap()
        };
        assert!(uses(1, NOW));
        assert!(uses(2, NOW.plus(HOUR)));
        assert!(!uses(1, NOW.plus(HOUR)) && !uses(2, NOW));
        let purge = |now, limit| {
            db.write(|tx| captcha_uses::purge_expired(tx, now, limit))
                .unwrap()
        };
        assert_eq!(purge(NOW.minus(HOUR), 9), 0);
        assert_eq!(purge(NOW, 9), 1);
        assert!(!uses(2, NOW) && uses(1, NOW.plus(HOUR)));
        assert_eq!(purge(NOW.plus(HOUR), 1), 1);
        assert_eq!(purge(NOW.plus(HOUR), 9), 1);
    });
}
