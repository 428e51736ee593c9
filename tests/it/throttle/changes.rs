//! Changes of email and username, which cost others mails and names, and codes that are guessed in a session

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{from_anywhere, refused},
    send_at_once, wait_until,
};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn start(flags: &[&str]) -> TestService {
    let usual = [
        "--rate-limits=on",
        "--limit-sign-ups=10000",
        "--trusted-proxies=127.0.0.1",
    ];
    TestService::start_with_mail(&[&usual, flags].concat())
}

fn change_from(service: &TestService, ip: &str, token: &str, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "current_password": password });
    let call = service.call("PUT", "/me/email").bearer(token).json(&body);
    call.header("x-forwarded-for", ip).send()
}

fn change(service: &TestService, token: &str, email: &str) -> Reply {
    let body = json!({ "email": email, "current_password": PASSWORD });
    let call = service.call("PUT", "/me/email").bearer(token).json(&body);
    from_anywhere(call).send()
}

fn rename(service: &TestService, token: &str, username: &str) -> Reply {
    let body = json!({ "username": username });
    let call = service.call("PATCH", "/me").bearer(token).json(&body);
    from_anywhere(call).send()
}

fn verify(service: &TestService, token: &str, code: &str) -> Reply {
    let call = service.post("/email/verify", &json!({ "code": code }));
    from_anywhere(call.bearer(token)).send()
}

#[test]
fn an_account_makes_five_changes_a_day() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    service.sign_up("taken");
    let day = Duration::from_hours(24);
    for number in 0..3 {
        change(&service, &minji, &format!("victim{number}@example.org")).assert(202);
    }
    for name in ["minji.k", "minji-k"] {
        rename(&service, &minji, name).assert(200);
    }
    assert_eq!(
        refused(change(&service, &minji, "victim3@example.org")),
        (day.as_secs(), "changes".into())
    );
    refused(rename(&service, &minji, "another"));
    // Nothing is hashed any more, nor told of the password or the name.
    refused(change_from(
        &service,
        "203.0.113.1",
        &minji,
        "x@example.org",
        "wrong",
    ));
    refused(rename(&service, &minji, "taken"));
    // The name that it has already is no change, and other accounts have their own.
    rename(&service, &minji, "minji-k").assert(200);
    let jisoo = service.sign_up("jisoo");
    change(&service, &jisoo, "victim3@example.org").assert(202);
    let kinds = service.mailbox().kinds();
    let to_strangers = kinds.iter().filter(|kind| *kind == "change_email");
    assert_eq!(to_strangers.count(), 4);
    service.pass(day);
    let minji = service.post(
        "/login",
        &json!({ "identifier": "minji-k", "password": PASSWORD }),
    );
    let minji = from_anywhere(minji).send().assert(200).token();
    change(&service, &minji, "victim3@example.org").assert(202);
}

#[test]
fn what_changes_nothing_counts_for_the_client_ip_alone() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    service.sign_up("taken");
    for _try in 0..10 {
        rename(&service, &minji, "taken").assert_problem(409, "username_taken");
    }
    change_from(&service, "203.0.113.1", &minji, "new@example.com", "wrong").assert(403);
    for name in ["minji1", "minji2", "minji3", "minji4", "minji5"] {
        rename(&service, &minji, name).assert(200);
    }
    refused(rename(&service, &minji, "minji6"));
}

#[test]
fn a_client_ip_tries_twenty_changes_an_hour_with_however_many_accounts() {
    let service = start(&[]);
    let tokens: Vec<_> = (0..6)
        .map(|number| service.sign_up(&format!("person{number}")))
        .collect();
    let change = |ip: &str, number: usize, password: &str| {
        let email = format!("victim{number}@example.org");
        change_from(&service, ip, &tokens[number % 5], &email, password)
    };
    for number in 0..17 {
        change("203.0.113.1", number, PASSWORD).assert(202);
    }
    for number in 17..20 {
        change("203.0.113.1", number, "wrong").assert(403);
    }
    let one_more = |ip: &str| change_from(&service, ip, &tokens[5], "x@example.org", PASSWORD);
    assert_eq!(
        refused(one_more("203.0.113.1")),
        (HOUR.as_secs(), "network-changes".into())
    );
    one_more("203.0.113.2").assert(202);
    service.pass(HOUR);
    one_more("203.0.113.1").assert(202);
}

#[test]
fn ten_wrong_codes_an_hour_are_free_whatever_challenges_there_are() {
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
    // The first wait began with the tenth wrong code, and is over.
    verify(&service, &minji, "none").assert(422);
    let (wait, name) = refused(verify(&service, &minji, &code));
    assert_eq!((wait, name.as_str()), (120, "wrong-codes"));
    // A link needs no guesses, and other accounts wait for nothing.
    let own = mailbox.code(Purpose::VerifyEmail, "jisoo@example.com");
    verify(&service, &jisoo, &own).assert(200);
    service.pass(2 * MINUTE);
    verify(&service, &minji, &code).assert(200);
    // A right code forgives no wrong ones: the next waits as long as it would have.
    verify(&service, &minji, "none").assert(422);
    assert_eq!(refused(verify(&service, &minji, "none")).0, 240);
    service.pass(HOUR);
    for _free in 0..10 {
        verify(&service, &minji, "none").assert(422);
    }
    assert_eq!(refused(verify(&service, &minji, "none")).0, 60);
}

#[test]
fn raced_codes_never_pass_the_limit() {
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
fn a_strangers_wrong_codes_do_not_refuse_the_owner_from_elsewhere() {
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
    // A stranger fails until it has to wait a quarter of an hour, alike for mailboxes without an account.
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
fn codes_of_a_mailbox_are_counted_by_64_56_and_48() {
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
fn wrong_passwords_beside_a_link_do_not_refuse_confirmations() {
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
fn strangers_failures_do_not_refuse_the_password_beside_a_link() {
    let service = start(&[]);
    service.sign_up("minji");
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    service.sql().run("UPDATE users SET failed_log_ins = 100");
    let body = json!({ "token": token, "password": PASSWORD });
    let call = service.post("/email/verify", &body);
    from_anywhere(call).send().assert(200);
}

#[test]
fn an_owner_gets_five_notices_of_a_kind_an_hour() {
    let service = start(&["--email-verification=off"]);
    let minji = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let mut passwords = [PASSWORD, "Another-Staple-8-lantern"];
    let mut changed = |times: usize| {
        for _change in 0..times {
            let [current, new] = passwords;
            let body = json!({ "current_password": current, "new_password": new });
            let call = service.call("PUT", "/me/password").bearer(&minji);
            call.json(&body).send().assert(204);
            passwords.swap(0, 1);
        }
        let kinds = service.mailbox().kinds();
        kinds
            .iter()
            .filter(|kind| *kind == "password_changed")
            .count()
    };
    assert_eq!([changed(5), changed(3)], [5, 5]);
    service.pass(HOUR);
    assert_eq!(changed(1), 6);
}
