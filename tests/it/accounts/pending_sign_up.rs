//! Sign-up and log-in where a verified address is required

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Reply, Service, TestService, assert_same_response, count, send_at_once, wait_until,
};

/// What a stranger chooses.
const GUEST: &str = "An-Uninvited-9-visitor";

const HOUR: Duration = Duration::from_hours(1);
const REQUIRED: &str = "--email-verification=required";
const SETTINGS: [(&str, &str); 2] = [
    ("DAEMUN_MAIL_URL", "file://mail"),
    ("DAEMUN_EMAIL_VERIFICATION", "required"),
];

fn sign_up(service: &TestService, username: &str, email: &str) -> Reply {
    sign_up_with(service, username, email, PASSWORD)
}

fn sign_up_with(service: &TestService, username: &str, email: &str, password: &str) -> Reply {
    let body = json!({ "username": username, "email": email, "password": password });
    service.post("/signup", &body).send()
}

fn log_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send()
}

fn verify(service: &TestService, body: &Value) -> Reply {
    service.post("/email/verify", body).send()
}

/// Signs up and verifies; the account.
fn join(service: &TestService, name: &str) -> Value {
    let email = format!("{name}@example.com");
    sign_up(service, name, &email).assert(202);
    let token = service.mailbox().token(Purpose::SignUp, &email);
    let body = json!({ "token": token, "password": PASSWORD });
    verify(service, &body).assert(200).json
}

#[test]
fn the_account_exists_from_verification_on() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let reply = sign_up(&service, "Minji", "Minji@example.com").assert(202);
    assert_eq!(reply.json, json!({ "status": "verification_required" }));
    assert!(reply.lines("set-cookie").is_empty() && reply.lines("location").is_empty());
    log_in(&service, "minji", PASSWORD).assert_problem(403, "email_not_verified");
    log_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    let code = service.mailbox().code(Purpose::SignUp, "minji@example.com");
    let body = |code: &str, password: &str| json!({ "email": "minji@example.com", "code": code, "password": password });
    verify(&service, &body(&code, "wrong")).assert_problem(422, "code_invalid");
    let user = verify(&service, &body(&code, PASSWORD)).assert(200).json;
    assert_eq!(
        (&user["username"], &user["email"]),
        (&json!("Minji"), &json!("Minji@example.com"))
    );
    assert_eq!(user["email_verified"], true);
    verify(&service, &body(&code, PASSWORD)).assert_problem(422, "code_invalid");
    for identifier in ["minji", "MINJI@example.com"] {
        let reply = log_in(&service, identifier, PASSWORD).assert(200);
        assert_eq!(reply.json["user"], user);
    }
}

#[test]
fn a_sign_up_does_not_tell_whether_the_address_is_known() {
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
    // Nor does what follows, to whoever signed up: his password, wrong codes, the name that is kept.
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
fn what_waits_for_a_known_address_never_becomes_an_account() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let minji = join(&service, "minji");
    sign_up_with(&service, "stranger", "minji@example.com", GUEST).assert(202);
    let mailbox = service.mailbox();
    // Neither was sent to anybody.
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
fn a_strangers_sign_up_is_not_finished_by_the_mailboxs_owner_nor_in_his_way() {
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
    // The owner signs up with another name, and both wait side by side.
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
fn a_waiting_name_is_taken_except_for_the_same_sign_up() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let refused = [
        ("minji@example.com", GUEST),
        ("other@example.com", GUEST),
        ("other@example.com", PASSWORD),
    ]
    .map(|(email, password)| sign_up_with(&service, "minji", email, password));
    assert_same_response(&refused);
    for reply in refused {
        assert_eq!(
            reply.assert_problem(409, "username_taken").refused(),
            ["username username_taken"]
        );
    }
    sign_up(&service, "MINJI", "Minji@Example.com").assert(202);
    assert_eq!(service.mailbox().kinds(), ["sign_up", "sign_up"]);
    // Either mail finishes the one sign-up.
    let token = service
        .mailbox()
        .token(Purpose::SignUp, "minji@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    verify(&service, &body).assert(200);
}

#[test]
fn the_password_of_a_waiting_sign_up_can_be_compared_twenty_times() {
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
fn a_strangers_sign_up_does_not_tell_when_the_owner_signed_up() {
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
fn the_same_sign_up_sent_many_times_at_once_is_one() {
    let service = Service::start_with(&SETTINGS);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let replies = send_at_once((0..10).map(|_| service.post("/signup", &body)));
    assert_eq!(count(&replies, 202), 10);
    let code = service.mailbox().code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
}

#[test]
fn a_user_name_is_kept_for_a_day() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    join(&service, "jisoo");
    sign_up(&service, "Minji", "minji@example.com").assert(202);
    let reply = sign_up(&service, "ｍｉｎｊｉ", "other@example.com");
    assert_eq!(
        reply.assert_problem(409, "username_taken").refused(),
        ["username username_taken"]
    );
    let jisoo = log_in(&service, "jisoo", PASSWORD).assert(200).token();
    let rename = || {
        let call = service.call("PATCH", "/me").bearer(&jisoo);
        call.json(&json!({ "username": "minji" })).send()
    };
    rename().assert_problem(409, "username_taken");
    sign_up(&service, "jisoo", "other@example.com").assert_problem(409, "username_taken");
    service.pass_almost(HOUR * 24);
    log_in(&service, "minji", PASSWORD).assert_problem(403, "email_not_verified");
    sign_up(&service, "minji", "other@example.com").assert_problem(409, "username_taken");
    service.pass(Duration::from_micros(1));
    log_in(&service, "minji", PASSWORD).assert_problem(401, "invalid_credentials");
    sign_up(&service, "minji", "other@example.com").assert(202);
}

#[test]
fn what_waited_too_long_is_gone() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::SignUp, "minji@example.com");
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    service.pass(Duration::from_mins(15));
    let by_code = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    verify(&service, &by_code).assert_problem(422, "code_invalid");
    service.pass(HOUR * 24);
    let by_link = json!({ "token": token, "password": PASSWORD });
    verify(&service, &by_link).assert_problem(410, "token_invalid");
}

#[test]
fn another_mail_finishes_the_sign_up_as_well() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let mailbox = service.mailbox();
    let first = mailbox.token(Purpose::SignUp, "minji@example.com");
    service.pass(HOUR);
    let resend = |email: &str| {
        let reply = service.post("/email/resend", &json!({ "email": email }));
        reply.send().assert(202)
    };
    assert_same_response(&[resend("minji@example.com"), resend("nobody@example.com")]);
    wait_until(|| mailbox.count(Purpose::SignUp, "minji@example.com") == 2);
    wait_until(|| mailbox.requests_waiting() == 0);
    assert_eq!(mailbox.kinds(), ["sign_up", "sign_up"]);
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    verify(&service, &body).assert(200);
    let body = json!({ "token": first, "password": PASSWORD });
    verify(&service, &body).assert_problem(410, "token_invalid");
}

#[test]
fn a_reminder_prolongs_no_sign_up() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up_with(&service, "stranger", "victim@example.com", GUEST).assert(202);
    service.pass(HOUR * 23);
    let victim = json!({ "email": "victim@example.com" });
    service.post("/email/resend", &victim).send().assert(202);
    let mailbox = service.mailbox();
    wait_until(|| mailbox.count(Purpose::SignUp, "victim@example.com") == 2);
    service.pass(HOUR * 2);
    // A mailbox with an account gets no reminder, so the username would tell that there is none.
    log_in(&service, "stranger", GUEST).assert_problem(401, "invalid_credentials");
    sign_up(&service, "stranger", "other@example.com").assert(202);
}

#[test]
fn a_key_changes_nothing() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let send = || {
        let call = service.post("/signup", &body);
        call.header("idempotency-key", "0123456789abcdef").send()
    };
    assert_same_response(&[send().assert(202), send().assert(202)]);
    let mut other = body.clone();
    other["username"] = json!("other");
    let call = service.post("/signup", &other);
    call.header("idempotency-key", "0123456789abcdef")
        .send()
        .assert(202);
}

#[test]
fn beyond_the_limit_a_sign_up_is_answered_alike_and_its_code_is_no_guess_more() {
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

#[test]
fn accounts_from_before_the_demand_are_asked_too() {
    let optional = [("DAEMUN_MAIL_URL", "file://mail")];
    let mut service = Service::start_with(&optional);
    let minji = service.sign_up("minji");
    let jisoo = service.sign_up("jisoo");
    service.stop();
    let service = Service::try_start_in(service.home(), &SETTINGS).unwrap();
    let log_in = |password: &str| {
        let body = json!({ "identifier": "minji@example.com", "password": password });
        service.post("/login", &body).send()
    };
    log_in(PASSWORD).assert_problem(403, "email_not_verified");
    log_in("wrong").assert_problem(401, "invalid_credentials");
    service.get("/me").bearer(&minji.token).send().assert(200);
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, &minji.email);
    let body = json!({ "email": minji.email, "code": code, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
    log_in(PASSWORD).assert(200);
    let verified = service
        .command()
        .args(["user", "verify-email", "jisoo"])
        .output();
    assert!(verified.unwrap().status.success());
    service.log_in(&jisoo.email);
}

#[test]
fn one_name_waits_for_one_mailbox_however_many_ask_at_once() {
    let service = Service::start_with(&SETTINGS);
    let replies = send_at_once((0..20).map(|number| {
        let email = format!("minji{number}@example.com");
        let body = json!({ "username": "minji", "email": email, "password": PASSWORD });
        service.post("/signup", &body)
    }));
    assert_eq!([count(&replies, 202), count(&replies, 409)], [1, 19]);
}
