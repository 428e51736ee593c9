//! Password hashes and versions in the table of users, on each database.

use daemun::store::tables::users;

use crate::support::{
    on_a_database,
    rows::{NOW, kept},
};

#[test]
fn a_password_is_replaced_only_at_the_expected_version() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let change = |version: i64, new: &str| {
            db.write(|tx| users::change_password(tx, ann.id, version, new, NOW))
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
            db.write(|tx| users::set_password(tx, ann.id, "fourth", NOW))
                .unwrap()
        );
        assert!(still_has(2) && !still_has(1));
    });
}

#[test]
fn a_renewed_hash_keeps_the_password_version() {
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
