//! TOTP secrets and recovery codes, on each database.

use daemun::{
    domain::{
        account::ids::SessionId,
        credential::recovery_code::{RecoveryCode, RecoveryCodeHash},
        timestamp::Timestamp,
    },
    store::{
        Db,
        tables::{
            recovery_codes,
            totp_secrets::{self, PendingTotp},
        },
    },
};

use crate::support::{
    at_once, on_a_database,
    rows::{NOW, kept},
};

const LATER: Timestamp = Timestamp::from_micros(NOW.as_micros() + 600_000_000);

fn session() -> SessionId {
    SessionId::new(NOW, &[1; 10])
}

fn pending(db: &Db, number: u8) -> PendingTotp {
    PendingTotp {
        user: kept(db, number).id,
        session: session(),
        sealed_secret: vec![number; 48],
        created_at: NOW,
        expires_at: LATER,
    }
}

#[test]
fn each_step_is_used_once_and_in_order() {
    on_a_database(|db| {
        let new = pending(db, 1);
        let owner = new.user;
        let used = |step| {
            db.write(|tx| totp_secrets::use_step(tx, owner, step))
                .unwrap()
        };
        assert!(
            db.write(|tx| totp_secrets::replace_pending(tx, &new))
                .unwrap()
        );
        assert!(!used(1), "a pending secret has no codes");
        db.write(|tx| totp_secrets::enable(tx, owner, 7, NOW))
            .unwrap();
        assert_eq!(
            [7, 6, 8, 8, 7, 10].map(used),
            [false, false, true, false, false, true]
        );
        let racing = at_once((0..8).map(|_| || used(11)));
        assert_eq!(racing.iter().filter(|is_used| **is_used).count(), 1);
    });
}

#[test]
fn pending_secret_is_found_by_its_session_until_it_expires() {
    on_a_database(|db| {
        let new = pending(db, 1);
        let user = new.user;
        assert!(
            db.write(|tx| totp_secrets::replace_pending(tx, &new))
                .unwrap()
        );
        let found = |session, now| {
            db.read(|tx| totp_secrets::pending(tx, user, session, now))
                .unwrap()
        };
        let last = LATER.minus(std::time::Duration::from_micros(1));
        assert_eq!(found(session(), last), Some(vec![1; 48]));
        assert_eq!(found(session(), LATER), None);
        assert_eq!(found(SessionId::new(NOW, &[2; 10]), NOW), None);
        db.write(|tx| totp_secrets::enable(tx, user, 1, NOW))
            .unwrap();
        assert_eq!(found(session(), NOW), None);
        assert!(
            !db.write(|tx| totp_secrets::replace_pending(tx, &new))
                .unwrap()
        );
        let enabled = db.read(|tx| totp_secrets::enabled(tx, user)).unwrap();
        assert_eq!(enabled.unwrap().enabled_at, NOW);
        assert!(db.write(|tx| totp_secrets::delete(tx, user)).unwrap());
        assert!(!db.write(|tx| totp_secrets::delete(tx, user)).unwrap());
    });
}

#[test]
fn sealed_secrets_are_listed_and_replaced() {
    on_a_database(|db| {
        let mut users: Vec<_> = (1..=3)
            .map(|number| {
                let new = pending(db, number);
                db.write(|tx| totp_secrets::replace_pending(tx, &new))
                    .unwrap();
                new.user.to_string()
            })
            .collect();
        users.sort_unstable();
        let list = |after: &str| {
            db.read(|tx| totp_secrets::list_sealed(tx, after, 2))
                .unwrap()
        };
        let first = list("");
        let rest = list(&first[1].name);
        let all = first.iter().chain(&rest);
        assert_eq!(
            all.map(|value| value.name.clone()).collect::<Vec<_>>(),
            users
        );
        assert!(first.iter().all(|value| !value.is_needed));
        let changed = |sealed: &[u8]| {
            db.write(|tx| totp_secrets::replace_sealed(tx, &first[0], sealed))
                .unwrap();
            list("")[0].sealed.clone()
        };
        assert_eq!(changed(&[9; 48]), [9; 48]);
        assert_eq!(changed(&[8; 48]), [9; 48], "it has changed meanwhile");
    });
}

#[test]
fn each_recovery_code_is_taken_once_by_its_own_account() {
    on_a_database(|db| {
        let [user, other] = [1, 2].map(|number| kept(db, number).id);
        let code = |number| RecoveryCode::new([number; 15]).digest(user);
        let codes: Vec<RecoveryCodeHash> = (0..10).map(code).collect();
        db.write(|tx| recovery_codes::replace(tx, user, &codes, NOW))
            .unwrap();
        let take = |user, code: &RecoveryCodeHash| {
            db.write(|tx| recovery_codes::take(tx, user, code)).unwrap()
        };
        assert!(!take(other, &codes[0]));
        assert!(!take(user, &code(10)));
        let racing = at_once((0..8).map(|_| || take(user, &codes[0])));
        assert_eq!(racing.iter().filter(|is_taken| **is_taken).count(), 1);
        let count = || db.read(|tx| recovery_codes::count(tx, user)).unwrap();
        assert_eq!(count(), 9);
        let new = [code(20)];
        db.write(|tx| recovery_codes::replace(tx, user, &new, NOW))
            .unwrap();
        assert!(!take(user, &codes[1]));
        assert_eq!(count(), 1);
    });
}
