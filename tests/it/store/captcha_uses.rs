//! The table of used proofs of work, on each database.

use daemun::store::tables::captcha_uses;

use crate::support::{
    on_a_database,
    rows::{HOUR, NOW},
};

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
