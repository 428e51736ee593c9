//! The audit log in the store: pages, counts and the purge.

use std::time::Duration;

use daemun::{
    domain::{
        client::Client,
        event::{Event, EventQuery, EventType, UpdatedFields},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    store::{Db, StoreError, tables::events},
};

use crate::support::{on_a_database, rows::NOW, rows::user};

fn record(db: &Db, event: SecurityEvent, number: u8, at: Timestamp) {
    let context = Client::default().as_owner(user(number).id, at);
    db.write(|tx| event.record(tx, context)).unwrap();
}

fn list(db: &Db, query: &EventQuery) -> Vec<Event> {
    db.read(|tx| events::list(tx, query)).unwrap()
}

fn names(listed: &[Event]) -> Vec<&str> {
    listed.iter().map(|event| event.name.as_str()).collect()
}

#[test]
fn pages_are_stable_while_events_are_inserted() {
    on_a_database(|db| {
        let minute = Duration::from_mins(1);
        for number in 0..5 {
            record(
                db,
                SecurityEvent::PasswordChanged,
                1,
                NOW.plus(minute * number),
            );
            record(db, SecurityEvent::UserRenamed, 2, NOW.plus(minute * number));
        }
        let first = EventQuery {
            user: Some(user(1).id),
            limit: 3,
            ..EventQuery::default()
        };
        let mut listed = list(db, &first);
        record(db, SecurityEvent::PasswordChanged, 1, NOW.plus(minute * 9));
        let before = listed.last().map(|event| event.id);
        listed.extend(list(
            db,
            &EventQuery {
                before,
                ..first.clone()
            },
        ));
        assert_eq!(names(&listed), ["password.changed"; 5]);
        let times: Vec<_> = listed.iter().map(|event| event.at).collect();
        let expected: Vec<_> = (0..5)
            .rev()
            .map(|number| NOW.plus(minute * number))
            .collect();
        assert_eq!(times, expected);

        let since = EventQuery {
            types: vec![EventType::UserRenamed],
            since: Some(NOW.plus(minute * 3)),
            limit: 10,
            ..EventQuery::default()
        };
        assert_eq!(names(&list(db, &since)), ["user.renamed"; 2]);
        let after = EventQuery {
            after: Some(listed[1].id),
            limit: 2,
            ..first
        };
        let newest: Vec<_> = list(db, &after).iter().map(|event| event.at).collect();
        assert_eq!(newest, [listed[0].at, NOW.plus(minute * 9)]);
    });
}

#[test]
fn events_of_one_transaction_are_in_their_order() {
    on_a_database(|db| {
        let context = Client::default().as_owner(user(1).id, NOW);
        db.write(|tx| -> Result<(), StoreError> {
            for _ in 0..20 {
                SecurityEvent::UserRenamed.record(tx, context.clone())?;
                SecurityEvent::PasswordChanged.record(tx, context.clone())?;
            }
            Ok(())
        })
        .unwrap();
        let query = EventQuery {
            limit: 100,
            ..EventQuery::default()
        };
        let listed = list(db, &query);
        assert_eq!(
            names(&listed),
            ["password.changed", "user.renamed"].repeat(20)
        );
    });
}

#[test]
fn purge_deletes_events_from_before_the_time_in_batches() {
    on_a_database(|db| {
        for second in 0..5 {
            let at = NOW.plus(Duration::from_secs(second));
            record(db, SecurityEvent::PasswordChanged, 1, at);
        }
        let oldest = NOW.plus(Duration::from_secs(3));
        let purge = |limit| {
            db.write(|tx| events::purge_before(tx, oldest, limit))
                .unwrap()
        };
        assert_eq!([purge(2), purge(2), purge(2)], [2, 1, 0]);
        let query = EventQuery {
            limit: 100,
            ..EventQuery::default()
        };
        assert_eq!(list(db, &query).len(), 2);
    });
}

#[test]
fn a_row_of_several_events_has_their_number_and_the_last_time() {
    on_a_database(|db| {
        let update = SecurityEvent::UserUpdated {
            fields: UpdatedFields::Profile,
        };
        let last = NOW.plus(Duration::from_secs(2));
        record(db, update.clone(), 1, NOW);
        record(db, update.clone(), 1, last);
        record(db, update.clone(), 2, NOW);
        record(db, update, 1, NOW.plus(Duration::from_mins(10)));
        let query = EventQuery {
            user: Some(user(1).id),
            limit: 100,
            ..EventQuery::default()
        };
        let listed = list(db, &query);
        let detail = listed[1].detail.as_ref().unwrap();
        assert_eq!((listed.len(), &detail["count"]), (2, &2.into()));
        assert_eq!(detail["last_at"], last.rfc3339());
        assert_eq!(listed[1].at, NOW);
        assert_eq!(db.read(events::count_rolled_up).unwrap(), 3);
    });
}
