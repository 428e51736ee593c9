//! The table of mail requests, on each database: one row per mailbox and kind, the oldest first.

use std::{thread, time::Duration};

use daemun::{
    domain::{
        account::{email::EmailKey, ids::MessageId},
        language::Language,
        message::MailRequestKind,
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    store::{
        Db, StoreError, Tx,
        tables::mail_requests::{self, MailRequest, NewMailRequest},
    },
};

use crate::support::{at_once, on_a_database};

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const FIRST: Subject = [1; 32];
const SECOND: Subject = [2; 32];

/// Requests a mail this many seconds after [`NOW`]. Returns whether a row was added.
fn put(db: &Db, second: u8, kind: MailRequestKind, mailbox: &str, client: Subject) -> bool {
    let at = NOW.plus(Duration::from_secs(second.into()));
    let request = NewMailRequest {
        id: MessageId::new(at, &[second; 10]),
        kind,
        mailbox: &EmailKey::of(mailbox).unwrap(),
        language: Language::Korean,
        client,
        expires_at: at.plus(kind.life()),
    };
    db.write(|tx| mail_requests::insert(tx, &request)).unwrap()
}

fn lock_oldest(db: &Db, limit: i64) -> Vec<MailRequest> {
    db.write(|tx| mail_requests::lock_oldest(tx, limit))
        .unwrap()
}

fn mailboxes(requests: &[MailRequest]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request.mailbox.as_str())
        .collect()
}

fn count(db: &Db) -> i64 {
    db.read(mail_requests::count).unwrap()
}

fn has_any(db: &Db) -> bool {
    db.read(mail_requests::has_any).unwrap()
}

#[test]
fn one_request_waits_for_a_mailbox_and_kind() {
    on_a_database(|db| {
        assert!(!has_any(db));
        assert!(put(db, 1, MailRequestKind::Reset, "Ann@example.com", FIRST));
        assert!(!put(
            db,
            2,
            MailRequestKind::Reset,
            "ann@EXAMPLE.com",
            FIRST
        ));
        assert!(put(
            db,
            3,
            MailRequestKind::Verification,
            "ann@example.com",
            FIRST
        ));
        assert!(put(db, 4, MailRequestKind::Reset, "bob@example.com", FIRST));
        assert!(has_any(db));
        assert_eq!(count(db), 3);
        let first = lock_oldest(db, 1).remove(0);
        assert_eq!(
            (first.kind, first.mailbox.as_str()),
            (MailRequestKind::Reset, "ann@example.com")
        );
        assert_eq!(
            (first.language, first.client),
            (Language::Korean, Some(FIRST))
        );
        assert_eq!(
            first.expires_at,
            NOW.plus(Duration::from_secs(1) + MailRequestKind::Reset.life())
        );
    });
}

#[test]
fn a_request_of_several_clients_counts_for_none_of_them() {
    on_a_database(|db| {
        for (second, client) in [(1, FIRST), (2, SECOND), (3, SECOND), (4, FIRST)] {
            put(
                db,
                second,
                MailRequestKind::Reset,
                "ann@example.com",
                client,
            );
        }
        let waiting = lock_oldest(db, 9);
        assert_eq!((waiting.len(), waiting[0].client), (1, None));
    });
}

#[test]
fn the_oldest_requests_come_first_and_resolved_ones_make_room() {
    on_a_database(|db| {
        for (second, name) in [(3, "carl"), (1, "ann"), (2, "bob")] {
            put(
                db,
                second,
                MailRequestKind::Reset,
                &format!("{name}@example.com"),
                FIRST,
            );
        }
        let two = lock_oldest(db, 2);
        assert_eq!(mailboxes(&two), ["ann@example.com", "bob@example.com"]);
        let ids: Vec<_> = two.iter().map(|request| request.id.as_str()).collect();
        let delete = |tx: &mut Tx<'_>| mail_requests::delete(tx, &ids);
        assert_eq!(db.write(delete).unwrap(), 2);
        assert_eq!(db.write(delete).unwrap(), 0);
        assert_eq!(mailboxes(&lock_oldest(db, 2)), ["carl@example.com"]);
        assert!(put(
            db,
            4,
            MailRequestKind::Reset,
            "ann@example.com",
            SECOND
        ));
    });
}

#[test]
fn an_expired_request_is_purged() {
    on_a_database(|db| {
        put(db, 0, MailRequestKind::Reset, "ann@example.com", FIRST);
        put(
            db,
            1,
            MailRequestKind::Verification,
            "bob@example.com",
            FIRST,
        );
        let purge = |at: Timestamp| db.write(|tx| mail_requests::purge_expired(tx, at, 9));
        let end = NOW.plus(MailRequestKind::Reset.life());
        assert_eq!(purge(end.minus(Duration::from_micros(1))).unwrap(), 0);
        assert_eq!(purge(end).unwrap(), 1);
        assert_eq!(mailboxes(&lock_oldest(db, 9)), ["bob@example.com"]);
    });
}

#[test]
fn concurrent_identical_requests_are_one_row() {
    on_a_database(|db| {
        let added = at_once((0..8).map(|number| {
            move || put(db, number, MailRequestKind::Reset, "ann@example.com", FIRST)
        }));
        let added = added.into_iter().filter(|is_new| *is_new).count();
        assert_eq!((added, count(db)), (1, 1));
    });
}

/// Takes all requests and holds them while another connection looks for requests.
fn held_by_another(db: &Db) -> Result<Vec<MailRequest>, StoreError> {
    db.write(|tx| {
        let held = mail_requests::lock_oldest(tx, 9)?;
        assert_eq!(held.len(), 1);
        thread::scope(|scope| scope.spawn(|| Ok(lock_oldest(db, 9))).join().unwrap())
    })
}

#[test]
fn postgresql_skips_a_request_that_another_replica_holds() {
    on_a_database(|db| {
        // SQLite has one writer at a time, so the second would wait for the first.
        if db.answer_deadline().is_some() {
            put(db, 1, MailRequestKind::Reset, "ann@example.com", FIRST);
            assert!(held_by_another(db).unwrap().is_empty());
        }
    });
}
