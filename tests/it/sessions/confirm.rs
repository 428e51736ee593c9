//! `POST /me/confirm`, and the routes that need a confirmed session.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{
    Call, PASSWORD, Reply, Service, TestService,
    guesses::{self, assert_waits, from_anywhere},
    integrations::{done, introspect},
    send_at_once,
};

const MINUTE: Duration = Duration::from_mins(1);
const NEW: &str = "new@example.com";

fn confirmation(service: &TestService, token: &str, password: &str) -> Call {
    let call = service.post("/me/confirm", &json!({ "password": password }));
    from_anywhere(call.bearer(token))
}

fn change_email(service: &TestService, token: &str) -> Reply {
    let call = service.call("PUT", "/me/email").bearer(token);
    call.json(&json!({ "email": NEW })).send()
}

fn delete_me(service: &TestService, token: &str) -> Reply {
    service.call("DELETE", "/me").bearer(token).send()
}

#[track_caller]
fn assert_unconfirmed(reply: Reply) {
    let reply = reply.assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(["password"]));
}

#[test]
fn a_confirmation_lasts_ten_minutes() {
    let service = TestService::start_with_mail(&[]);
    let token = service.sign_up("minji");
    let moment = Duration::from_micros(1);
    for _confirmed in 0..2 {
        service.pass_almost(10 * MINUTE);
        change_email(&service, &token).assert(202);
        service.pass(moment);
        assert_unconfirmed(change_email(&service, &token));
        assert_unconfirmed(delete_me(&service, &token));
        service.confirm(&token);
    }
    delete_me(&service, &token).assert(204);
}

#[test]
fn signup_and_login_confirm_a_session_and_proofs_of_the_mailbox_do_not() {
    let service = TestService::start_with_mail(&[]);
    let signed_up = service.sign_up("minji");
    change_email(&service, &signed_up).assert(202);
    let login = guesses::log_in(&service, &guesses::body("minji", PASSWORD));
    change_email(&service, &login.assert(200).token()).assert(202);

    let mailbox = service.mailbox();
    let link = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    let body = json!({ "token": link, "password": PASSWORD, "transport": "token" });
    let verified = service.post("/email/verify", &body).send().assert(200);
    assert_unconfirmed(change_email(&service, &verified.token()));

    let reset = service.request_password_reset("minji@example.com");
    let body = json!({ "token": reset, "new_password": PASSWORD, "transport": "token" });
    let reset = service.post("/password/reset", &body).send().assert(200);
    assert_unconfirmed(change_email(&service, &reset.token()));
    service.confirm(&reset.token());
    change_email(&service, &reset.token()).assert(202);
}

#[test]
fn a_confirmation_counts_for_its_own_session() {
    let service = TestService::start_with_mail(&[]);
    let tokens = [service.sign_up("minji"), {
        let body = guesses::body("minji", PASSWORD);
        guesses::log_in(&service, &body).assert(200).token()
    }];
    service.pass(10 * MINUTE);
    service.confirm(&tokens[0]);
    change_email(&service, &tokens[0]).assert(202);
    assert_unconfirmed(change_email(&service, &tokens[1]));
}

#[test]
fn a_wrong_password_confirms_nothing() {
    let service = TestService::start_with_mail(&["--rate-limits=off"]);
    let token = service.sign_up("minji");
    service.pass(10 * MINUTE);
    for password in ["wrong", "", "\0", &"x".repeat(200)] {
        let reply = confirmation(&service, &token, password).send();
        reply.assert_problem(403, "current_password_wrong");
        assert_unconfirmed(change_email(&service, &token));
    }
    let call = service.post("/me/confirm", &json!({ "password": PASSWORD }));
    call.send().assert_problem(401, "not_authenticated");
    for (body, refused) in [
        (json!({}), "password required"),
        (json!({ "password": 7 }), "password invalid_type"),
        (
            json!({ "password": PASSWORD, "current_password": PASSWORD }),
            "current_password unknown_field",
        ),
    ] {
        let call = service.post("/me/confirm", &body).bearer(&token);
        let reply = call.send().assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), [refused]);
    }
}

#[test]
fn ten_wrong_tries_within_an_hour_end_the_session() {
    let service = guesses::start();
    let (token, other) = (service.sign_up("minji"), {
        let body = guesses::body("minji", PASSWORD);
        guesses::log_in(&service, &body).assert(200).token()
    });
    let wrong = || confirmation(&service, &token, "wrong").send();
    for minutes in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
        service.pass(minutes * MINUTE);
        wrong().assert_problem(403, "current_password_wrong");
    }
    assert_waits(wrong(), 15 * MINUTE);
    service.pass(15 * MINUTE);
    // The wrong passwords of both routes count together.
    let body = json!({ "current_password": "wrong", "new_password": "Another-Staple-8-lantern" });
    let call = service.call("PUT", "/me/password").json(&body);
    let reply = from_anywhere(call.bearer(&token)).send();
    reply.assert_problem(401, "not_authenticated");
    let me = |token: &str| service.get("/me").bearer(token).send();
    me(&token).assert_problem(401, "not_authenticated");
    me(&other).assert(200);
}

#[test]
fn wrong_tries_of_an_earlier_hour_do_not_end_the_session() {
    let service = guesses::start();
    let token = service.sign_up("minji");
    for _hour in 0..3 {
        for _try in 0..4 {
            let reply = confirmation(&service, &token, "wrong").send();
            reply.assert_problem(403, "current_password_wrong");
            service.pass(15 * MINUTE);
        }
    }
    service.confirm(&token);
}

#[test]
fn concurrent_wrong_tries_never_exceed_the_limit() {
    let service = guesses::start();
    let token = service.sign_up("minji");
    let replies = send_at_once((0..30).map(|_| confirmation(&service, &token, "wrong")));
    let of = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!((of(403), of(429)), (5, 25));
}

#[test]
fn a_confirmation_changes_neither_the_methods_nor_the_time_of_the_login() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let login = || {
        let reply = introspect(&service, &key, &minji.token).assert(200).json;
        ["amr", "auth_time"].map(|claim| reply[claim].clone())
    };
    let before = login();
    assert_ne!(before, [Value::Null, Value::Null]);
    service.confirm(&minji.token);
    assert_eq!(login(), before);
}

#[test]
fn a_session_of_an_earlier_release_is_not_confirmed() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    service.sql().run("UPDATE sessions SET confirmed_at = 0");
    assert_unconfirmed(delete_me(&service, &token));
    service.confirm(&token);
    delete_me(&service, &token).assert(204);
}

#[test]
fn a_confirmed_change_and_the_end_of_the_session_race_safely() {
    let service = TestService::start();
    for _round in 0..20 {
        let token = service.sign_up("minji");
        let replies = send_at_once([
            service.call("DELETE", "/me").bearer(&token),
            service.post("/logout", &json!({})).bearer(&token),
        ]);
        let [deleted, logged_out] = [replies[0].status, replies[1].status];
        assert!([204, 401].contains(&deleted) && [204, 401].contains(&logged_out));
        if deleted == 401 {
            let body = guesses::body("minji", PASSWORD);
            let again = guesses::log_in(&service, &body).assert(200).token();
            delete_me(&service, &again).assert(204);
        }
    }
}
