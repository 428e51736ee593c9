//! Limits of changes of an account's email and username.

use std::time::Duration;

use serde_json::json;

use super::{HOUR, change, start};
use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{from_anywhere, refused},
};

fn change_from(service: &TestService, ip: &str, token: &str, email: &str) -> Reply {
    let body = json!({ "email": email });
    let call = service.call("PUT", "/me/email").bearer(token).json(&body);
    call.header("x-forwarded-for", ip).send()
}

fn rename(service: &TestService, token: &str, username: &str) -> Reply {
    let body = json!({ "username": username });
    let call = service.call("PATCH", "/me").bearer(token).json(&body);
    from_anywhere(call).send()
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
    // The response does not reveal whether the name is taken.
    refused(rename(&service, &minji, "taken"));
    // The account's current name is no change, and other accounts have their own limits.
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
fn failed_changes_count_only_for_the_client_ip() {
    let service = start(&[]);
    let minji = service.sign_up("minji");
    service.sign_up("taken");
    for _try in 0..10 {
        rename(&service, &minji, "taken").assert_problem(409, "username_taken");
    }
    for name in ["minji1", "minji2", "minji3", "minji4", "minji5"] {
        rename(&service, &minji, name).assert(200);
    }
    refused(rename(&service, &minji, "minji6"));
}

#[test]
fn a_client_ip_tries_twenty_changes_an_hour_across_accounts() {
    let service = start(&[]);
    let tokens: Vec<_> = (0..6)
        .map(|number| service.sign_up(&format!("person{number}")))
        .collect();
    for number in 0..20 {
        let email = format!("victim{number}@example.org");
        change_from(&service, "203.0.113.1", &tokens[number % 5], &email).assert(202);
    }
    let one_more = |ip: &str| change_from(&service, ip, &tokens[5], "x@example.org");
    assert_eq!(
        refused(one_more("203.0.113.1")),
        (HOUR.as_secs(), "network-changes".into())
    );
    one_more("203.0.113.2").assert(202);
    service.pass(HOUR);
    service.confirm(&tokens[5]);
    one_more("203.0.113.1").assert(202);
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
