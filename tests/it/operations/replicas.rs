//! Replicas on one database behave like one service.

use std::{collections::HashSet, sync::Arc, thread, time::Duration};

use daemun::{
    domain::credential::challenge::Purpose,
    store::{
        StoreError,
        tables::{sessions, users},
    },
};
use serde_json::json;

use crate::support::{
    Home, MailServer, PASSWORD, PostgresDatabase, Service, count, put_notices,
    rows::{NOW, kept, session},
    send_at_once, wait_until,
};

fn replicas(home: &Arc<Home>, settings: &[(&str, &str)]) -> [Service; 3] {
    [(); 3].map(|()| Service::try_start_in(home, settings).unwrap())
}

#[test]
fn one_name_is_one_account_across_replicas() {
    let replicas = replicas(&Home::new(), &[]);
    let replies = send_at_once((0..24).map(|place| {
        let email = format!("person{place}@example.com");
        let body = json!({ "username": "minji", "email": email, "password": PASSWORD });
        replicas[place % 3].post("/signup", &body)
    }));
    assert_eq!([count(&replies, 201), count(&replies, 409)], [1, 23]);
}

#[test]
fn one_idempotency_key_is_one_account_across_replicas() {
    let replicas = replicas(&Home::new(), &[]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let replies = send_at_once((0..12).map(|place| {
        let call = replicas[place % 3].post("/signup", &body);
        call.header("idempotency-key", "\"5a1d7c1e-0b1f-4f57\"")
    }));
    let ids = replies.into_iter();
    let ids: HashSet<_> = ids
        .map(|reply| reply.assert(201).json["user"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1);
}

#[test]
fn attempts_at_a_code_are_counted_across_replicas() {
    let home = Home::new();
    let mail = [
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "optional"),
    ];
    let replicas = replicas(&home, &mail);
    let minji = replicas[0].sign_up("minji");
    let mailbox = home.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, &minji.email);
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let calls = (0..50).map(|place| {
        let call = replicas[place % 3].post("/email/verify", &json!({ "code": wrong }));
        call.bearer(&minji.token)
    });
    for reply in send_at_once(calls) {
        reply.assert_problem(422, "code_invalid");
    }
    assert_eq!(mailbox.tries_left(Purpose::VerifyEmail, &minji.email), "0");
    let right = replicas[1].post("/email/verify", &json!({ "code": code }));
    right
        .bearer(&minji.token)
        .send()
        .assert_problem(422, "code_invalid");
}

#[test]
fn a_logout_takes_effect_at_every_replica_at_once() {
    let replicas = replicas(&Home::new(), &[]);
    for round in 0..5 {
        let (one, two) = (&replicas[0], &replicas[1]);
        let name = format!("person{round}");
        let token = one.sign_up(&name).token;
        two.get("/me").bearer(&token).send().assert(200);
        one.post("/logout", &json!({}))
            .bearer(&token)
            .send()
            .assert(204);
        for replica in &replicas {
            replica.get("/me").bearer(&token).send().assert(401);
        }
    }
}

#[test]
fn replicas_send_each_message_once() {
    let server = MailServer::start();
    let home = Home::new();
    let url = server.url("?tls=off");
    let settings = [
        ("DAEMUN_MAIL_URL", url.as_str()),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_EMAIL_VERIFICATION", "optional"),
    ];
    let replicas = replicas(&home, &settings);
    let addresses: Vec<_> = (0..40)
        .map(|number| format!("person{number}@example.com"))
        .collect();
    put_notices(&home.db(), addresses.iter().map(String::as_str));
    for replica in &replicas {
        // The signup wakes this replica's worker.
        replica.sign_up(&format!("waker{}", replica.address().port()));
    }
    let mails = server.wait_for(43);
    let mut sql = home.sql();
    let unsent = "SELECT count(*) AS number FROM outbox WHERE state <> 'sent'";
    wait_until(|| sql.numbers(unsent) == [0]);
    let recipients: HashSet<_> = mails.iter().map(|mail| mail.to.clone()).collect();
    assert_eq!((server.taken().len(), recipients.len()), (43, 43));
    assert!(addresses.iter().all(|address| recipients.contains(address)));
}

#[test]
fn lockouts_apply_at_every_replica() {
    let limits = [
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
    ];
    let replicas = replicas(&Home::new(), &limits);
    replicas[0].sign_up("minji");
    let replies = send_at_once((0..30).map(|place| {
        let body = json!({ "identifier": "minji", "password": "wrong" });
        replicas[place % 3].post("/login", &body)
    }));
    assert_eq!([count(&replies, 401), count(&replies, 429)], [5, 25]);
}

/// A login that verified a password locks it until the session is stored, so that a password change
/// revokes that session, too.
#[test]
fn no_session_of_an_old_password_survives_the_change() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let db = home.db();
    db.migrate().unwrap();
    let user = kept(&db, 1);
    let (_, opened) = session(&user, 1, Duration::ZERO);
    let waiters = "SELECT count(*) AS number FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    thread::scope(|scope| {
        let change = db
            .write(|tx| {
                assert!(users::lock_if_unchanged(tx, user.id, 0)?);
                let change = scope.spawn(|| {
                    home.db().write(|tx| {
                        assert!(users::change_password(tx, user.id, 0, "new", NOW)?);
                        sessions::delete_others(tx, user.id, None)
                    })
                });
                let mut observer = home.sql();
                wait_until(|| observer.numbers(waiters) == [1]);
                sessions::insert(tx, &opened)?;
                Ok::<_, StoreError>(change)
            })
            .unwrap();
        assert_eq!(change.join().unwrap().unwrap(), 1, "it ends that session");
    });
    let left = db.read(|tx| sessions::list_by_user(tx, user.id, NOW));
    assert!(left.unwrap().is_empty());
}
