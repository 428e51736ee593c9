//! The table of users, on each database.

mod passwords;

use std::time::Duration;

use daemun::{
    domain::account::{
        email::Email, external_id::ExternalId, ids::UserId, user::User, username::Username,
    },
    store::{
        StoreError, Tx, Unique,
        tables::{idempotency_keys, sessions, users},
    },
};

use crate::support::{
    on_a_database,
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
        let unknown = user(3);
        let unknown = db.read(|tx| users::by_username(tx, unknown.username.key()));
        assert!(unknown.unwrap().is_none());
    });
}

#[test]
fn each_uniqueness_violation_is_reported_by_name() {
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
        let external_id = Some(ExternalId::parse("crm-1").unwrap());
        let name_abroad =
            |tx: &mut Tx<'_>, id| users::set_external_id(tx, id, external_id.as_ref(), NOW);
        assert!(db.write(|tx| name_abroad(tx, ann.id)).unwrap());
        let ben = kept(db, 3);
        let same = db.write(|tx| name_abroad(tx, ben.id)).map(drop);
        assert_eq!(taken(same), Unique::ExternalId);
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
            taken(db.write(|tx| sessions::insert(tx, &same_token).map(drop))),
            Unique::Random
        );

        let insert =
            |tx: &mut Tx<'_>| idempotency_keys::insert(tx, &key(1), ann.id, NOW.plus(HOUR));
        db.write(insert).unwrap();
        assert_eq!(taken(db.write(insert)), Unique::IdempotencyKey);
    });
}

#[test]
fn both_taken_keys_are_reported_in_field_order() {
    on_a_database(|db| {
        kept(db, 1);
        kept(db, 2);
        let reported = |name: u8, address: u8| {
            let (name, address) = (user(name), user(address));
            let keys = users::UniqueKeys::of(&name.username, &address.email);
            db.read(|tx| users::taken_keys(tx, &keys, None)).unwrap()
        };
        assert_eq!(reported(1, 2), [Unique::Username, Unique::Email]);
        assert_eq!(reported(1, 3), [Unique::Username]);
        assert_eq!(reported(3, 2), [Unique::Email]);
        assert_eq!(reported(3, 3), []);
    });
}

#[test]
fn a_rename_changes_the_key_and_frees_the_old_one() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let ben = kept(db, 2);
        let rename = |id, name: &str| {
            let name = Username::parse(name).unwrap();
            db.write(|tx| users::set_username(tx, id, &name, NOW))
        };
        assert!(rename(ann.id, "Renamed").unwrap());
        assert!(rename(ben.id, "person1").unwrap(), "the old name is free");
        assert_eq!(taken(rename(ben.id, "RENAMED").map(drop)), Unique::Username);
        assert!(!rename(user(3).id, "Unknown1").unwrap());
        let key = Username::parse("renamed").unwrap();
        let found = db
            .read(|tx| users::by_username(tx, key.key()))
            .unwrap()
            .unwrap();
        assert_eq!(found.user.username.as_str(), "Renamed");
    });
}

#[test]
fn a_disabled_account_has_no_sessions_and_no_lookups() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let (token, new) = session(&ann, 1, Duration::ZERO);
        open(db, &new);
        let disable = |disabled| {
            db.write(|tx| users::set_disabled(tx, ann.id, disabled, NOW))
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
        let unknown = db.write(|tx| users::set_disabled(tx, user(2).id, true, NOW));
        assert!(!unknown.unwrap());
    });
}

#[test]
fn a_deleted_account_leaves_no_rows() {
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
fn accounts_are_listed_in_pages_by_age() {
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
        let filter = users::AccountFilter::default();
        let page = |position: users::ListPosition| {
            let page = db.read(|tx| users::list(tx, &filter, position.clone(), 2));
            let page = page.unwrap();
            let ids = page.accounts.iter().map(|found| found.user.id);
            (ids.collect::<Vec<_>>(), page.next)
        };
        let (first, next) = page(filter.start());
        assert_eq!(first, [made[0].id, made[1].id]);
        let (second, next) = page(next.unwrap());
        assert_eq!(second, [made[2].id]);
        assert_eq!(next, None);
    });
}
