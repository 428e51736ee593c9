//! The failures of an account and its recognized devices, on each database.

use daemun::{
    domain::{
        account::ids::UserId,
        credential::token::{PlainToken, TokenKind},
        session::device::{LIFE, NewDevice, PER_ACCOUNT},
    },
    store::tables::{devices, users},
};

use super::{MINUTE, count_allowed};
use crate::support::{
    on_a_database,
    rows::{NOW, kept},
};

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
        let unknown = UserId::new(NOW, &[9; 10]);
        let counted = db.write(|tx| users::count_failure(tx, unknown, None));
        assert!(!counted.unwrap());
    });
}

#[test]
fn devices_are_recognized_until_they_are_old_or_too_many() {
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
                trusted_until: None,
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
        db.write(|tx| devices::delete_others(tx, user_id, None))
            .unwrap();
        assert!(list().is_empty());
        // Devices are deleted with their account.
        insert(1);
        db.write(|tx| users::delete(tx, user_id)).unwrap();
        assert_eq!(owner(1, NOW), None);
    });
}
