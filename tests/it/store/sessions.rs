//! The tables of sessions and idempotency keys, on each database.

use std::time::Duration;

use daemun::{
    domain::{
        account::user::User,
        credential::token::{PlainToken, TokenKind},
        session::PER_ACCOUNT,
        timestamp::Timestamp,
    },
    store::{
        StoreError, Unique,
        tables::{idempotency_keys, sessions},
    },
};

use crate::support::{
    on_a_database,
    rows::{HOUR, NOW, kept, key, open, session, taken, user},
};

#[test]
fn a_session_is_stored_and_read_unchanged() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let (token, new) = session(&ann, 2, HOUR / 2);
        open(db, &new);
        let caller = db
            .read(|tx| sessions::by_token(tx, &token.digest(), NOW))
            .unwrap()
            .unwrap();
        assert_eq!(caller.user.id, ann.id);
        assert_eq!(
            format!("{:?}", caller.session),
            format!("{:?}", new.session)
        );
        let stranger = PlainToken::new(TokenKind::Session, [3; 32]);
        let stranger = db.read(|tx| sessions::by_token(tx, &stranger.digest(), NOW));
        assert!(stranger.unwrap().is_none());
    });
}

#[test]
fn a_session_expires_to_the_microsecond() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let (token, new) = session(&ann, 1, Duration::ZERO);
        open(db, &new);
        let end = NOW.plus(HOUR);
        let last = Timestamp::from_micros(end.as_micros() - 1);
        let lives = |now| {
            db.read(|tx| {
                let caller = sessions::by_token(tx, &token.digest(), now)?.is_some();
                let is_listed = !sessions::list_by_user(tx, ann.id, now)?.is_empty();
                assert_eq!(caller, is_listed);
                Ok::<_, StoreError>(caller)
            })
            .unwrap()
        };
        assert!(lives(last));
        assert!(!lives(end));
        let id = new.session.id;
        assert!(
            !db.write(|tx| sessions::delete(tx, ann.id, id, end))
                .unwrap()
        );

        db.write(|tx| sessions::touch(tx, id, end, end.plus(HOUR)))
            .unwrap();
        assert!(lives(end));
        let caller = db
            .read(|tx| sessions::by_token(tx, &token.digest(), end))
            .unwrap()
            .unwrap();
        assert_eq!(caller.session.last_seen_at, end);
        assert_eq!(caller.session.expires_at, end.plus(HOUR));
        assert_eq!(
            caller.session.ends_at, new.session.ends_at,
            "the latest end never moves"
        );
    });
}

#[test]
fn sessions_are_deleted_by_id_by_token_or_all_but_one() {
    on_a_database(|db| {
        let (ann, ben) = (kept(db, 1), kept(db, 2));
        let opened: Vec<_> = (1..=5)
            .map(|number| {
                let (token, new) = session(&ann, number, HOUR / (u32::from(number) + 1));
                open(db, &new);
                (token, new.session.id)
            })
            .collect();
        let (_, bens) = session(&ben, 6, Duration::ZERO);
        open(db, &bens);
        let listed = |user: &User| -> Vec<_> {
            let listed = db
                .read(|tx| sessions::list_by_user(tx, user.id, NOW))
                .unwrap();
            listed.iter().map(|session| session.id).collect()
        };
        let ids = |numbers: &[usize]| -> Vec<_> { numbers.iter().map(|n| opened[*n].1).collect() };
        assert_eq!(listed(&ann), ids(&[4, 3, 2, 1, 0]), "the newest first");

        let end = |user: &User, id| {
            db.write(|tx| sessions::delete(tx, user.id, id, NOW))
                .unwrap()
        };
        assert!(!end(&ben, opened[0].1), "another's session is not found");
        assert!(end(&ann, opened[0].1));
        assert!(!end(&ann, opened[0].1));
        let end_by_token = || {
            db.write(|tx| sessions::delete_by_token(tx, &opened[1].0.digest(), NOW))
                .unwrap()
        };
        assert_eq!(end_by_token(), Some((ann.id, opened[1].1)));
        assert_eq!(end_by_token(), None);
        assert_eq!(listed(&ann), ids(&[4, 3, 2]));
        let others = db.write(|tx| sessions::delete_others(tx, ann.id, Some(opened[3].1)));
        assert_eq!(others.unwrap(), 2);
        assert_eq!(listed(&ann), ids(&[3]));
        assert_eq!(
            db.write(|tx| sessions::delete_others(tx, ann.id, None))
                .unwrap(),
            1
        );
        assert_eq!(listed(&ann), []);
        assert_eq!(listed(&ben), [bens.session.id]);
    });
}

#[test]
fn one_session_too_many_evicts_the_oldest() {
    on_a_database(|db| {
        let (ann, ben) = (kept(db, 1), kept(db, 2));
        let (_, bens) = session(&ben, 255, HOUR / 2);
        open(db, &bens);
        let most = u8::try_from(PER_ACCOUNT).unwrap();
        // The oldest session is written last but one: age decides, not the order of writes.
        let ages: Vec<u8> = (1..most).chain([200, 0]).collect();
        for (number, age) in (0..).zip(&ages) {
            let (_, new) = session(&ann, number, Duration::from_secs(u64::from(*age)));
            open(db, &new);
        }
        let listed = db
            .read(|tx| sessions::list_by_user(tx, ann.id, NOW))
            .unwrap();
        assert_eq!(listed.len(), PER_ACCOUNT);
        let oldest = listed.last().unwrap().created_at;
        assert_eq!(oldest, NOW.minus(Duration::from_secs(u64::from(most) - 1)));
        let bens = db
            .read(|tx| sessions::list_by_user(tx, ben.id, NOW))
            .unwrap();
        assert_eq!(bens.len(), 1);
    });
}

#[test]
fn only_expired_rows_are_purged_in_batches() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        for number in 0..7 {
            let age = if number < 5 { HOUR } else { HOUR / 2 };
            open(db, &session(&ann, number, age).1);
            let expires_at = NOW.plus(HOUR).minus(age);
            db.write(|tx| idempotency_keys::insert(tx, &key(number), ann.id, expires_at))
                .unwrap();
        }
        let purge_sessions = || db.write(|tx| sessions::purge_expired(tx, NOW, 3)).unwrap();
        let purge_keys = || {
            db.write(|tx| idempotency_keys::purge_expired(tx, NOW, 3))
                .unwrap()
        };
        assert_eq!(
            [purge_sessions(), purge_sessions(), purge_sessions()],
            [3, 2, 0]
        );
        assert_eq!([purge_keys(), purge_keys(), purge_keys()], [3, 2, 0]);
        let lived = NOW.minus(HOUR * 2);
        let left = db
            .read(|tx| sessions::list_by_user(tx, ann.id, lived))
            .unwrap();
        assert_eq!(left.len(), 2);
        let key = db
            .read(|tx| idempotency_keys::by_key(tx, &[6; 32], NOW))
            .unwrap();
        assert!(key.is_some());
    });
}

#[test]
fn an_idempotency_key_refers_to_its_account_until_it_expires() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let end = NOW.plus(HOUR);
        db.write(|tx| idempotency_keys::insert(tx, &key(1), ann.id, end))
            .unwrap();
        let found = |now| {
            db.read(|tx| idempotency_keys::by_key(tx, &[1; 32], now))
                .unwrap()
        };
        assert_eq!(found(NOW), Some((ann.id, [!1; 32].to_vec())));
        assert_eq!(found(end), None);
        let renew = |now: Timestamp| {
            db.write(|tx| {
                idempotency_keys::delete_expired(tx, &[1; 32], now)?;
                idempotency_keys::insert(tx, &key(1), ann.id, now.plus(HOUR))
            })
        };
        assert_eq!(
            taken(renew(NOW)),
            Unique::IdempotencyKey,
            "it is remembered still"
        );
        renew(end).unwrap();
        assert!(found(end).is_some());
    });
}

#[test]
fn a_session_without_an_account_is_rejected() {
    on_a_database(|db| {
        let (_, new) = session(&user(1), 1, Duration::ZERO);
        let outcome = db.write(|tx| sessions::insert(tx, &new));
        assert!(matches!(outcome, Err(StoreError::Broken(_))), "{outcome:?}");
    });
}
