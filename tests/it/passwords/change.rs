//! `PUT /me/password`.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, send_at_once, wait_until};

const NEW: &str = "Another-Staple-8-lantern";

fn change(service: &Service, token: &str, body: &Value) -> Reply {
    service
        .call("PUT", "/me/password")
        .json(body)
        .bearer(token)
        .send()
}

fn log_in(service: &Service, password: &str) -> Reply {
    let body = json!({ "identifier": "minji", "password": password });
    service.post("/login", &body).send()
}

#[test]
fn a_change_sets_the_password_and_revokes_other_sessions() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let strangers = service.sign_up("stranger").token;
    let other = service.log_in("minji");
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    let reply = change(&service, &minji.token, &body).assert(204);
    assert_eq!(reply.text, "");
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.get("/me").bearer(&strangers).send().assert(200);
    service
        .get("/me")
        .bearer(&other)
        .send()
        .assert_problem(401, "not_authenticated");
    log_in(&service, PASSWORD).assert_problem(401, "invalid_credentials");
    log_in(&service, NEW).assert(200);
}

#[test]
fn a_wrong_current_password_changes_nothing() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    for wrong in ["wrong", "", "\0", &"x".repeat(200)] {
        let body = json!({ "current_password": wrong, "new_password": NEW });
        change(&service, &minji.token, &body).assert_problem(403, "current_password_wrong");
    }
    log_in(&service, PASSWORD).assert(200);
    log_in(&service, NEW).assert(401);
    service.get("/me").bearer(&other).send().assert(200);
}

#[test]
fn a_new_password_follows_the_rules_of_a_signup() {
    let service = Service::start();
    let minji = service.sign_up("minji-kim");
    for (password, reason) in [
        ("short", "too_short"),
        ("password", "password_common"),
        ("with\0nul in it", "invalid_characters"),
        ("Minji-Kim", "password_equals_username"),
        ("MINJI-KIM@example.com", "password_equals_email"),
        (&"x".repeat(129), "too_long"),
    ] {
        let body = json!({ "current_password": PASSWORD, "new_password": password });
        let reply = change(&service, &minji.token, &body);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [format!("new_password {reason}")],
            "{password:?}"
        );
    }
    service.log_in("minji-kim");
}

#[test]
fn a_common_password_is_reported_with_other_invalid_fields() {
    let service = Service::start();
    let account = service.sign_up("zorblattquux");
    for password in ["password", "zorblattquux1"] {
        let body = json!({ "current_password": 7, "new_password": password, "other": "x" });
        let reply = change(&service, &account.token, &body);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [
                "current_password invalid_type",
                "new_password password_common",
                "other unknown_field"
            ]
        );
    }
}

#[test]
fn two_concurrent_changes_leave_one_password() {
    let service = Service::start();
    let tokens = [service.sign_up("minji").token, service.log_in("minji")];
    let passwords = ["First-Staple-8-lantern", "Second-Staple-8-lantern"];
    let calls = tokens.iter().zip(passwords).map(|(token, password)| {
        let body = json!({ "current_password": PASSWORD, "new_password": password });
        let call = service.call("PUT", "/me/password").json(&body);
        call.bearer(token)
    });
    let replies = send_at_once(calls).into_iter();
    let statuses: Vec<_> = replies.map(|reply| reply.status).collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 204).count(),
        1,
        "{statuses:?}"
    );
    let winner = usize::from(statuses[1] == 204);
    log_in(&service, passwords[winner]).assert(200);
    log_in(&service, passwords[1 - winner]).assert(401);
    service
        .get("/me")
        .bearer(&tokens[winner])
        .send()
        .assert(200);
    service
        .get("/me")
        .bearer(&tokens[1 - winner])
        .send()
        .assert(401);
}

/// Returns the name and the niceness of a thread (proc(5), `/proc/pid/stat`).
fn thread(task: &Path) -> (String, i64) {
    let stat = fs::read_to_string(task.join("stat")).unwrap();
    let (head, rest) = stat.rsplit_once(") ").unwrap();
    let (_, name) = head.split_once('(').unwrap();
    let niceness = rest.split(' ').nth(16).unwrap();
    (name.to_owned(), niceness.parse().unwrap())
}

#[test]
fn strength_is_estimated_at_the_priority_of_hashing() {
    let service = Service::start();
    let niceness = |of: &str| -> Vec<i64> {
        let tasks = fs::read_dir(format!("/proc/{}/task", service.pid())).unwrap();
        let threads = tasks.map(|task| thread(&task.unwrap().path()));
        let of_name = threads.filter(|(name, _)| name.starts_with(of));
        of_name.map(|(_, niceness)| niceness).collect()
    };
    let own = niceness("daemun")[0];
    for name in ["hash-", "strength-"] {
        wait_until(|| {
            let all = niceness(name);
            !all.is_empty() && all.iter().all(|niceness| *niceness > own)
        });
    }
}
