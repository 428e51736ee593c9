//! Responses that reveal no account, and attacks on pending signups.

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{GUEST, HOUR, REQUIRED, join, log_in, sign_up, sign_up_with, verify};
use crate::support::{PASSWORD, Reply, TestService, assert_same_response};

#[test]
fn signup_does_not_reveal_whether_the_address_is_registered() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    join(&service, "minji");
    let replies = [
        sign_up(&service, "first", "minji@example.com"),
        sign_up(&service, "second", "nobody@example.com"),
        sign_up(&service, "third", "nobody@example.com"),
        sign_up(&service, "fourth", "MINJI@EXAMPLE.com"),
    ];
    assert_eq!(replies[0].status, 202);
    assert_same_response(&replies);
    let mailbox = service.mailbox();
    assert_eq!(
        mailbox.kinds()[1..],
        ["account_exists", "sign_up", "sign_up", "account_exists"]
    );
    // The steps after the signup reveal nothing either: the password, wrong codes, the reserved name.
    for (name, email) in [
        ("first", "minji@example.com"),
        ("second", "nobody@example.com"),
    ] {
        log_in(&service, name, PASSWORD).assert_problem(403, "email_not_verified");
        sign_up(&service, name, "other@example.com").assert_problem(409, "username_taken");
        let wrong = json!({ "email": email, "code": "none", "password": PASSWORD });
        verify(&service, &wrong).assert_problem(422, "code_invalid");
    }
    let own = |email: &str| log_in(&service, email, GUEST);
    sign_up_with(&service, "fifth", "minji@example.com", GUEST).assert(202);
    sign_up_with(&service, "sixth", "nobody@example.com", GUEST).assert(202);
    assert_same_response(&[own("minji@example.com"), own("nobody@example.com")]);
}

#[test]
fn a_pending_signup_for_a_registered_address_never_completes() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let minji = join(&service, "minji");
    sign_up_with(&service, "stranger", "minji@example.com", GUEST).assert(202);
    let mailbox = service.mailbox();
    // Neither was sent.
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": GUEST });
    verify(&service, &body).assert_problem(422, "code_invalid");
    let token = mailbox.token(Purpose::SignUp, "minji@example.com");
    let body = json!({ "token": token, "password": GUEST });
    verify(&service, &body).assert_problem(409, "email_taken");
    let reply = log_in(&service, "minji@example.com", PASSWORD).assert(200);
    assert_eq!(reply.json["user"], minji);
}

#[test]
fn an_attackers_pending_signup_neither_completes_nor_blocks_the_owner() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up_with(&service, "stranger", "victim@example.com", GUEST).assert(202);
    let mailbox = service.mailbox();
    let (link, code) = (
        mailbox.token(Purpose::SignUp, "victim@example.com"),
        mailbox.code(Purpose::SignUp, "victim@example.com"),
    );
    verify(&service, &json!({ "token": link })).assert_problem(401, "not_authenticated");
    let body = json!({ "token": link, "password": PASSWORD });
    verify(&service, &body).assert_problem(401, "invalid_credentials");
    let body = json!({ "email": "victim@example.com", "code": code, "password": PASSWORD });
    verify(&service, &body).assert_problem(422, "code_invalid");
    // The owner signs up with another name. Both signups are pending.
    sign_up(&service, "stranger", "victim@example.com").assert_problem(409, "username_taken");
    sign_up(&service, "victim", "victim@example.com").assert(202);
    let code = mailbox.code(Purpose::SignUp, "victim@example.com");
    let body = json!({ "email": "victim@example.com", "code": code, "password": PASSWORD });
    let user = verify(&service, &body).assert(200).json;
    assert_eq!(user["username"], "victim");
    let body = json!({ "token": link, "password": GUEST });
    verify(&service, &body).assert_problem(409, "email_taken");
    log_in(&service, "victim", PASSWORD).assert(200);
}

#[test]
fn a_pending_signup_allows_twenty_password_attempts() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    for number in 0..20 {
        let email = ["minji@example.com", "other@example.com"][number % 2];
        let reply = sign_up_with(&service, "minji", email, GUEST);
        reply.assert_problem(409, "username_taken");
    }
    sign_up(&service, "minji", "minji@example.com").assert_problem(409, "username_taken");
    let token = service
        .mailbox()
        .token(Purpose::SignUp, "minji@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    verify(&service, &body).assert(200);
}

#[test]
fn a_pending_signup_does_not_reveal_when_the_owner_signed_up() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    join(&service, "before");
    let strangers = [
        ("first", "before@example.com"),
        ("second", "after@example.com"),
    ];
    for (name, email) in strangers {
        sign_up_with(&service, name, email, GUEST).assert(202);
    }
    join(&service, "after");
    let each = |call: &dyn Fn(&str, &str) -> Reply| {
        let replies = strangers.map(|(name, email)| call(name, email));
        assert_same_response(&replies);
        replies[0].status
    };
    let own_log_in = |name: &str, _: &str| log_in(&service, name, GUEST);
    assert_eq!(each(&own_log_in), 403);
    let repeat = |name: &str, email: &str| sign_up_with(&service, name, email, GUEST);
    assert_eq!(each(&repeat), 202);
    assert_eq!(each(&|name, _| repeat(name, "free@example.com")), 409);
    service.pass(HOUR * 24);
    assert_eq!(each(&own_log_in), 401);
}

#[test]
fn signups_beyond_the_limit_look_alike_and_add_no_code_attempts() {
    let service = TestService::start_with_mail(&[
        REQUIRED,
        "--rate-limits=on",
        "--limit-sign-ups=1000",
        "--captcha=off",
    ]);
    let replies: Vec<_> = (0..4)
        .map(|number| sign_up(&service, &format!("name{number}"), "minji@example.com"))
        .collect();
    for reply in &replies {
        assert_eq!(
            (reply.status, &reply.json),
            (202, &json!({ "status": "verification_required" }))
        );
    }
    let mailbox = service.mailbox();
    assert_eq!(mailbox.kinds(), ["sign_up"], "one mail a minute");
    assert_eq!(mailbox.count(Purpose::SignUp, "minji@example.com"), 4);
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    verify(&service, &body).assert_problem(422, "code_invalid");
}
