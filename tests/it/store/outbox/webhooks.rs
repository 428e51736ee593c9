//! The table of waiting webhooks, on each database: claims, results, expiry and replays.

use std::{collections::HashSet, time::Duration};

use daemun::{
    domain::{
        account::ids::EventId,
        client::Client,
        event::{EventQuery, PublishedTypes},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    store::{
        Db,
        tables::{
            delivery::{DeliveryResult, FinalState},
            events,
            webhook_messages::{self, QueuedWebhook, WebhookMessage},
        },
    },
};

use crate::support::{at_once, on_a_database, rows::NOW, rows::user};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// Records events of the type that is published, and one that is not. Returns their ids.
fn record(db: &Db, count: u32) -> Vec<EventId> {
    let published = db
        .clone()
        .with_published_events(PublishedTypes::parse("password.*"));
    let context = |at| Client::default().as_owner(user(1).id, at);
    for number in 0..count {
        let at = NOW.plus(MINUTE * number);
        published
            .write(|tx| {
                SecurityEvent::EmailVerified.record(tx, context(at))?;
                SecurityEvent::PasswordChanged.record(tx, context(at))
            })
            .unwrap();
    }
    list(db).iter().map(|message| message.id).collect()
}

fn list(db: &Db) -> Vec<QueuedWebhook> {
    db.read(|tx| webhook_messages::list(tx, None, 100)).unwrap()
}

/// Claims messages with a lease of a minute.
fn claim(db: &Db, now: Timestamp, limit: i64) -> Vec<WebhookMessage> {
    let claimed = db.write(|tx| webhook_messages::claim(tx, now, now.plus(MINUTE), limit));
    claimed.unwrap().messages
}

fn end(db: &Db, id: EventId, result: DeliveryResult) {
    let ended = [(id, result)];
    db.write(|tx| webhook_messages::record(tx, &ended)).unwrap();
}

#[test]
fn an_event_is_enqueued_with_its_row_if_its_type_is_published() {
    on_a_database(|db| {
        assert_eq!(record(db, 2).len(), 2);
        let claimed = claim(db, NOW.plus(DAY), 10);
        for message in &claimed {
            let event = message.event.as_ref().unwrap();
            assert_eq!(
                (event.id, event.name.as_str()),
                (message.id, "password.changed")
            );
        }
        assert_eq!(claimed.len(), 2);
        let published = db
            .clone()
            .with_published_events(PublishedTypes::parse("password.*"));
        let rolled_back = published.write(|tx| {
            let context = Client::default().as_owner(user(2).id, NOW);
            SecurityEvent::PasswordChanged.record(tx, context)?;
            Err::<(), _>(daemun::store::StoreError::Interrupted)
        });
        assert!(rolled_back.is_err());
        assert_eq!(list(db).len(), 2);
    });
}

#[test]
fn a_claimed_message_is_due_again_when_its_lease_ends() {
    on_a_database(|db| {
        let ids = record(db, 1);
        assert_eq!(claim(db, NOW, 10).len(), 1);
        assert_eq!(claim(db, NOW, 10).len(), 0);
        let later = claim(db, NOW.plus(MINUTE), 10);
        assert_eq!(later.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
    });
}

#[test]
fn workers_never_claim_the_same_message() {
    on_a_database(|db| {
        record(db, 30);
        let now = NOW.plus(DAY);
        let claimed = at_once((0..6).map(|_worker| || claim(db, now, 5)));
        let ids: Vec<_> = claimed.iter().flatten().map(|one| one.id).collect();
        let distinct: HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        let rest = claim(db, now, 100).len();
        assert_eq!(ids.len() + rest, 30);
    });
}

#[test]
fn results_end_a_message_or_delay_it() {
    on_a_database(|db| {
        let ids = record(db, 3);
        claim(db, NOW.plus(DAY), 10);
        let due_at = NOW.plus(DAY * 2);
        let retry = DeliveryResult::Retry {
            attempts: 4,
            due_at,
            status: Some(500),
        };
        end(db, ids[0], DeliveryResult::Final(FinalState::Sent));
        end(db, ids[1], DeliveryResult::Final(FinalState::Expired));
        end(db, ids[2], retry);
        end(db, ids[2], DeliveryResult::due(4, due_at));
        let listed = list(db);
        assert_eq!(listed.len(), 2, "a sent message is deleted");
        assert!(listed[0].is_expired && !listed[1].is_expired);
        assert_eq!((listed[1].attempts, listed[1].last_status), (4, Some(500)));
        assert_eq!(claim(db, due_at.minus(MINUTE), 10).len(), 0);
        assert_eq!(claim(db, due_at, 10).len(), 1);
    });
}

#[test]
fn overdue_messages_expire_and_are_deleted_after_a_week() {
    on_a_database(|db| {
        record(db, 3);
        let (expiry, limit) = (NOW.plus(DAY * 3).plus(MINUTE), 10);
        let overdue = |now| {
            let ended = db.write(|tx| webhook_messages::expire_overdue(tx, now, limit));
            ended.unwrap()
        };
        let purged = |now| {
            let deleted = db.write(|tx| webhook_messages::purge_expired(tx, now, limit));
            deleted.unwrap()
        };
        assert_eq!(overdue(expiry.minus(MINUTE * 2)), 0);
        assert_eq!(overdue(expiry), 2);
        let states: Vec<_> = list(db).iter().map(|one| one.is_expired).collect();
        assert_eq!(states, [true, true, false]);
        assert_eq!(purged(expiry.plus(DAY * 6)), 0);
        assert_eq!(purged(expiry.plus(DAY * 7)), 2);
        assert_eq!(list(db).len(), 1);
    });
}

#[test]
fn a_replay_enqueues_sent_waiting_and_expired_events() {
    on_a_database(|db| {
        let ids = record(db, 3);
        let now = NOW.plus(DAY);
        claim(db, now, 10);
        end(db, ids[0], DeliveryResult::Final(FinalState::Sent));
        end(db, ids[1], DeliveryResult::Final(FinalState::Expired));
        db.write(|tx| webhook_messages::replay(tx, &ids, now))
            .unwrap();
        let claimed = claim(db, now, 10);
        assert_eq!(claimed.len(), 3);
        for message in claimed {
            assert_eq!(message.attempts, 0);
            assert_eq!(message.expires_at, now.plus(DAY * 3));
        }
    });
}

#[test]
fn a_message_outlives_its_event_and_has_no_content_then() {
    on_a_database(|db| {
        record(db, 1);
        let later = NOW.plus(DAY);
        db.write(|tx| events::purge_before(tx, later, 10)).unwrap();
        let none = EventQuery {
            limit: 10,
            ..EventQuery::default()
        };
        assert!(db.read(|tx| events::list(tx, &none)).unwrap().is_empty());
        assert!(claim(db, later, 10)[0].event.is_none());
    });
}
