//! The table of challenges, on each database: code attempts of a mailbox, and expiry.

use std::{sync::Barrier, thread, time::Duration};

use daemun::{
    domain::{
        account::{email::Email, ids::ChallengeId, user::User},
        credential::challenge::{
            CODE_LIFE, CODE_TRIES, Challenge, ChallengeLifetime, LONGEST_LIFE, Purpose,
        },
        timestamp::Timestamp,
    },
    store::{
        Db,
        tables::{challenges, users},
    },
};

use crate::support::{
    on_a_database,
    rows::{NOW, kept},
};

fn mailbox(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

fn ask(db: &Db, user: &User, purpose: Purpose, email: &Email, at: Timestamp) -> ChallengeId {
    let challenge = Challenge {
        id: ChallengeId::new(at, &random(purpose, email)),
        user: user.id,
        purpose,
        email: email.clone(),
    };
    let life = ChallengeLifetime::new(purpose, at, true);
    db.write(|tx| challenges::insert(tx, &challenge, &life))
        .unwrap();
    challenge.id
}

/// Returns bytes that depend on the purpose and the address.
fn random(purpose: Purpose, email: &Email) -> [u8; 10] {
    let place = Purpose::ALL.iter().position(|known| *known == purpose);
    let mut bytes = [u8::try_from(place.unwrap()).unwrap(); 10];
    bytes[1..].copy_from_slice(email.as_str().as_bytes().first_chunk::<9>().unwrap());
    bytes
}

fn tried(db: &Db, email: &Email, purpose: Purpose, at: Timestamp) -> Vec<ChallengeId> {
    let tried = db.write(|tx| challenges::try_codes_of_mailbox(tx, email.key(), purpose, at));
    tried.unwrap().iter().map(|tried| tried.id).collect()
}

#[test]
fn an_attempt_finds_the_codes_of_its_account_and_mailbox() {
    on_a_database(|db| {
        let (ann, bob) = (kept(db, 1), kept(db, 2));
        let verifies = ask(db, &ann, Purpose::VerifyEmail, &ann.email, NOW);
        let resets = ask(db, &ann, Purpose::ResetPassword, &ann.email, NOW);
        ask(
            db,
            &ann,
            Purpose::VerifyEmail,
            &mailbox("annas-former"),
            NOW,
        );
        ask(db, &bob, Purpose::VerifyEmail, &bob.email, NOW);
        let unknown = mailbox("another");
        for _ in 0..CODE_TRIES {
            assert_eq!(tried(db, &ann.email, Purpose::VerifyEmail, NOW), [verifies]);
            assert_eq!(tried(db, &unknown, Purpose::VerifyEmail, NOW), []);
        }
        assert_eq!(tried(db, &ann.email, Purpose::VerifyEmail, NOW), []);
        assert_eq!(tried(db, &ann.email, Purpose::ResetPassword, NOW), [resets]);
        let late = NOW.plus(CODE_LIFE);
        assert_eq!(tried(db, &ann.email, Purpose::ResetPassword, late), []);
    });
}

#[test]
fn a_concurrent_code_and_link_do_not_deadlock() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        for round in 0..100_u64 {
            let at = |step| NOW.plus(Duration::from_secs(2 * round + step));
            ask(db, &ann, Purpose::VerifyEmail, &ann.email, at(0));
            let link = ask(db, &ann, Purpose::VerifyEmail, &ann.email, at(1));
            let start = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| {
                    start.wait();
                    tried(db, &ann.email, Purpose::VerifyEmail, at(1));
                });
                start.wait();
                db.write(|tx| {
                    users::lock(tx, ann.id)?;
                    challenges::consume(tx, link, at(1))?;
                    challenges::delete_by_user(tx, ann.id, &[Purpose::VerifyEmail])
                })
                .unwrap();
            });
        }
    });
}

#[test]
fn a_challenge_is_purged_after_the_longest_lifetime() {
    on_a_database(|db| {
        let ann = kept(db, 1);
        let later = NOW.plus(Duration::from_millis(1));
        let old = ask(db, &ann, Purpose::VerifyEmail, &ann.email, NOW);
        let young = ask(db, &ann, Purpose::ResetPassword, &ann.email, later);
        let purge = |now| db.write(|tx| challenges::purge_expired(tx, now, 10));
        let is_there = |id| {
            let found = db.read(|tx| challenges::by_id(tx, id, NOW)).unwrap();
            found.is_some()
        };
        assert_eq!(purge(NOW.plus(LONGEST_LIFE)).unwrap(), 0);
        assert_eq!(purge(later.plus(LONGEST_LIFE)).unwrap(), 1);
        assert_eq!([is_there(old), is_there(young)], [false, true]);
    });
}
