//! Limits of codes and passwords that are guessed in a session.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{HOUR, change, start};
use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{from_anywhere, refused},
    send_at_once, wait_until,
};

const MINUTE: Duration = Duration::from_mins(1);

fn verify(service: &TestService, token: &str, code: &str) -> Reply {
    let call = service.post("/email/verify", &json!({ "code": code }));
    from_anywhere(call.bearer(token)).send()
}

#[test]
fn ten_wrong_codes_an_hour_are_free_across_challenges() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    let jisoo = service.sign_up("jisoo");
    let mailbox = service.mailbox();
    let stranger = "stranger@example.org";
    for _challenge in 0..2 {
        change(&service, &minji, stranger).assert(202);
        for _try in 0..5 {
            verify(&service, &minji, "none").assert_problem(422, "code_invalid");
        }
        service.pass(MINUTE);
    }
    change(&service, &minji, stranger).assert(202);
    let code = mailbox.code(Purpose::ChangeEmail, stranger);
    // The first backoff began with the tenth wrong code and is over.
    verify(&service, &minji, "none").assert(422);
    let (wait, name) = refused(verify(&service, &minji, &code));
    assert_eq!((wait, name.as_str()), (120, "wrong-codes"));
    // A link cannot be guessed, so it is not limited. Other accounts are not limited either.
    let own = mailbox.code(Purpose::VerifyEmail, "jisoo@example.com");
    verify(&service, &jisoo, &own).assert(200);
    service.pass(2 * MINUTE);
    verify(&service, &minji, &code).assert(200);
    // A right code does not reset the wrong ones: the next backoff is as long as before.
    verify(&service, &minji, "none").assert(422);
    assert_eq!(refused(verify(&service, &minji, "none")).0, 240);
    service.pass(HOUR);
    for _free in 0..10 {
        verify(&service, &minji, "none").assert(422);
    }
    assert_eq!(refused(verify(&service, &minji, "none")).0, 60);
}

#[test]
fn concurrent_codes_never_exceed_the_limit() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    let replies = send_at_once((0..40).map(|_| {
        let call = service.post("/email/verify", &json!({ "code": "none" }));
        from_anywhere(call.bearer(&minji))
    }));
    let tried = replies.iter().filter(|reply| reply.status == 422).count();
    let refused = replies.iter().filter(|reply| reply.status == 429).count();
    assert_eq!((tried, refused), (10, 30));
}

#[test]
fn wrong_codes_of_an_attacker_do_not_block_the_owner() {
    let service = start(&["--limit-network-failures=1000"]);
    service.sign_up("minji");
    let mailbox = service.mailbox();
    let reset = |ip: &str, email: &str, code: &str| {
        let body =
            json!({ "email": email, "code": code, "new_password": "Another-Staple-8-lantern" });
        let call = service.post("/password/reset", &body);
        call.header("x-forwarded-for", ip).send()
    };
    let verify = |ip: &str, code: &str| {
        let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
        let call = service.post("/email/verify", &body);
        call.header("x-forwarded-for", ip).send()
    };
    // An attacker fails up to a backoff of fifteen minutes, also for mailboxes without an account.
    let stranger = "198.51.100.1";
    for email in ["nobody@example.com", "minji@example.com"] {
        for minutes in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
            service.pass(minutes * MINUTE);
            reset(stranger, email, "none").assert_problem(422, "code_invalid");
        }
        assert_eq!(
            refused(reset(stranger, email, "none")),
            (15 * 60, "failures".into())
        );
    }
    let code = {
        let body = json!({ "email": "minji@example.com" });
        from_anywhere(service.post("/password/forgot", &body))
            .send()
            .assert(202);
        wait_until(|| mailbox.count(Purpose::ResetPassword, "minji@example.com") == 1);
        mailbox.code(Purpose::ResetPassword, "minji@example.com")
    };
    refused(reset(stranger, "minji@example.com", &code));
    refused(verify(stranger, "none"));
    verify("203.0.113.9", "none").assert(422);
    reset("203.0.113.9", "minji@example.com", &code).assert(204);
}

#[test]
fn codes_of_a_mailbox_are_counted_per_64_56_and_48() {
    let service = start(&["--limit-network-failures=1000"]);
    let verify = |ip: &str| {
        let body = json!({ "email": "minji@example.com", "code": "none", "password": PASSWORD });
        let call = service.post("/email/verify", &body);
        call.header("x-forwarded-for", ip).send()
    };
    for number in 0..20 {
        verify(&format!("2001:db8:1:2{number:02x}::1")).assert(422);
    }
    assert_eq!(
        refused(verify("2001:db8:1:2ff::1")),
        (60, "failures".into())
    );
    verify("2001:db8:1:3ff::1").assert(422);
}

#[test]
fn wrong_passwords_with_a_link_do_not_block_confirmations() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    let token = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    let verify = |password: &str| {
        let body = json!({ "token": token, "password": password });
        from_anywhere(service.post("/email/verify", &body)).send()
    };
    for _free in 0..5 {
        verify("wrong").assert_problem(401, "invalid_credentials");
    }
    assert_eq!(refused(verify(PASSWORD)), (60, "failures".into()));
    change(&service, &minji, "new@example.com").assert(202);
    service.pass(MINUTE);
    verify(PASSWORD).assert(200);
}

#[test]
fn failures_of_others_do_not_block_the_password_with_a_link() {
    let service = start(&[]);
    service.sign_up("minji");
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    service.sql().run("UPDATE users SET failed_log_ins = 100");
    let body = json!({ "token": token, "password": PASSWORD });
    let call = service.post("/email/verify", &body);
    from_anywhere(call).send().assert(200);
}
