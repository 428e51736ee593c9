//! The table of the outbox, on each database: claims of messages, and the rows of sent ones.

use std::{collections::HashSet, time::Duration};

use daemun::{
    domain::{
        account::ids::{ChallengeId, MessageId},
        credential::challenge::Purpose,
        language::Language,
        message::{MessageKind, MessageReference, NOTICE_LIFE},
        timestamp::Timestamp,
    },
    store::{
        Db, StoreError, Tx, TxConnection,
        tables::{
            delivery::{DeliveryResult, FinalState},
            outbox::{self, NewMessage, OutboxMessage},
        },
    },
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use crate::support::{at_once, on_a_database};

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

fn put(db: &Db, number: u8, kind: MessageKind, at: Timestamp) -> MessageId {
    let id = MessageId::new(at, &[number; 10]);
    let new = NewMessage {
        id,
        kind,
        recipient: "Ann@example.com",
        language: Language::Korean,
        reference: kind
            .purpose()
            .map(|_| MessageReference::Challenge(ChallengeId::new(NOW, &[9; 10]))),
        detail: r#"{"username":"Ann"}"#,
        created_at: at,
        expires_at: at.plus(kind.life()),
    };
    db.write(|tx| outbox::insert(tx, &new)).unwrap();
    id
}

/// Claims messages with a lease of a minute.
fn claim(db: &Db, now: Timestamp, limit: i64) -> Vec<OutboxMessage> {
    let claimed = db.write(|tx| outbox::claim(tx, now, now.plus(MINUTE), limit));
    claimed.unwrap().messages
}

fn purge(db: &Db, now: Timestamp) -> usize {
    db.write(|tx| outbox::purge_expired(tx, now, 10)).unwrap()
}

fn ids(messages: &[OutboxMessage]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Counts the messages that still hold a recipient or a detail.
fn personal(db: &Db) -> i64 {
    let query = "SELECT count(*) AS rows FROM outbox WHERE recipient <> '' OR detail <> ''";
    let read = |tx: &mut Tx<'_>| {
        let counted = match &mut tx.connection {
            TxConnection::Sqlite(connection) => {
                sql_query(query).get_result::<Count>(&mut **connection)
            }
            TxConnection::Postgres(connection) => {
                sql_query(query).get_result::<Count>(&mut **connection)
            }
        };
        Ok::<_, StoreError>(counted?.rows)
    };
    db.read(read).unwrap()
}

fn has_due(db: &Db, now: Timestamp) -> bool {
    db.read(|tx| outbox::has_due(tx, now)).unwrap()
}

#[test]
fn a_message_is_stored_and_claimed_unchanged() {
    on_a_database(|db| {
        assert!(!has_due(db, NOW));
        let id = put(db, 1, MessageKind::ResetPassword, NOW);
        assert!(has_due(db, NOW) && !has_due(db, NOW.minus(MINUTE)));
        let message = claim(db, NOW, 4).remove(0);
        assert_eq!(
            (message.id, message.kind, message.attempts),
            (id, MessageKind::ResetPassword, 0)
        );
        assert_eq!(message.recipient, "Ann@example.com");
        assert_eq!(message.detail, r#"{"username":"Ann"}"#);
        assert_eq!(message.language, Language::Korean);
        let challenge = ChallengeId::new(NOW, &[9; 10]);
        assert_eq!(
            message.reference,
            Some(MessageReference::Challenge(challenge))
        );
        assert_eq!(message.created_at, NOW);
        assert_eq!(
            message.expires_at,
            NOW.plus(Purpose::ResetPassword.token_life())
        );
        put(db, 2, MessageKind::NewDevice, NOW);
        assert_eq!(claim(db, NOW, 4).remove(0).reference, None);
    });
}

#[test]
fn a_claimed_message_is_leased_until_its_deadline() {
    on_a_database(|db| {
        let id = put(db, 1, MessageKind::NewDevice, NOW);
        assert_eq!(claim(db, NOW, 4).len(), 1);
        let almost = NOW.plus(MINUTE).minus(Duration::from_micros(1));
        assert!(!has_due(db, almost) && claim(db, almost, 4).is_empty());
        assert_eq!(ids(&claim(db, NOW.plus(MINUTE), 4)), [id]);
    });
}

#[test]
fn the_longest_due_messages_come_first_up_to_the_limit() {
    on_a_database(|db| {
        let later = put(db, 1, MessageKind::NewDevice, NOW);
        let first = put(db, 2, MessageKind::NewDevice, NOW.minus(MINUTE * 2));
        let second = put(db, 3, MessageKind::NewDevice, NOW.minus(MINUTE));
        let two: HashSet<_> = ids(&claim(db, NOW, 2)).into_iter().collect();
        assert_eq!(two, HashSet::from([first, second]));
        assert_eq!(ids(&claim(db, NOW, 2)), [later]);
    });
}

#[test]
fn concurrent_workers_never_claim_the_same_message() {
    on_a_database(|db| {
        let all: HashSet<_> = (0..60)
            .map(|number| put(db, number, MessageKind::NewDevice, NOW))
            .collect();
        let send = || {
            let mut taken = Vec::new();
            while has_due(db, NOW) {
                taken.extend(ids(&claim(db, NOW, 3)));
            }
            taken
        };
        let taken = at_once([send; 4]).concat();
        assert_eq!(taken.len(), all.len());
        assert_eq!(taken.into_iter().collect::<HashSet<_>>(), all);
    });
}

fn record(db: &Db, ended: &[(MessageId, DeliveryResult)]) {
    db.write(|tx| outbox::record(tx, ended)).unwrap();
}

fn again(attempts: i64, due_at: Timestamp) -> DeliveryResult {
    DeliveryResult::due(attempts, due_at)
}

#[test]
fn a_rejected_message_comes_back_when_it_is_due_again() {
    on_a_database(|db| {
        let id = put(db, 1, MessageKind::NewDevice, NOW);
        claim(db, NOW, 1);
        record(db, &[(id, again(3, NOW.plus(MINUTE * 10)))]);
        assert!(claim(db, NOW.plus(MINUTE * 9), 1).is_empty());
        assert_eq!(claim(db, NOW.plus(MINUTE * 10), 1).remove(0).attempts, 3);
    });
}

#[test]
fn a_finished_message_is_never_due_and_loses_its_recipient() {
    on_a_database(|db| {
        for (number, outcome) in [
            (1, FinalState::Sent),
            (2, FinalState::Failed),
            (3, FinalState::Expired),
        ] {
            let id = put(db, number, MessageKind::NewDevice, NOW);
            claim(db, NOW, 1);
            assert_eq!(personal(db), 1);
            // The late result of a slow worker changes nothing.
            record(
                db,
                &[(id, DeliveryResult::Final(outcome)), (id, again(1, NOW))],
            );
            let later = NOW.plus(MINUTE * 2);
            assert!(
                !has_due(db, later) && claim(db, later, 4).is_empty(),
                "{outcome:?}"
            );
        }
        assert_eq!(personal(db), 0);
    });
}

#[test]
fn the_result_of_a_message_is_kept_for_a_day() {
    on_a_database(|db| {
        let early = put(db, 1, MessageKind::ResetPassword, NOW);
        let late = put(db, 2, MessageKind::NewDevice, NOW.plus(MINUTE));
        claim(db, NOW, 1);
        record(db, &[(early, DeliveryResult::Final(FinalState::Sent))]);
        claim(db, NOW.plus(MINUTE), 1);
        let end = NOW.plus(MINUTE + DAY);
        assert_eq!(purge(db, end.minus(Duration::from_micros(1))), 0);
        assert_eq!(purge(db, end), 1);
        assert_eq!(ids(&claim(db, end, 4)), [late], "it is still to be sent");
    });
}

#[test]
fn an_unclaimed_message_is_purged_a_day_after_its_use_ends() {
    on_a_database(|db| {
        put(db, 1, MessageKind::NewDevice, NOW);
        let end = NOW.plus(NOTICE_LIFE + DAY);
        assert_eq!(purge(db, end.minus(Duration::from_micros(1))), 0);
        assert_eq!(purge(db, end), 1);
    });
}
