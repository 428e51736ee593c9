//! `POST /login`.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service};

fn log_in(service: &Service, body: &Value) -> Reply {
    service.post("/login", body).send()
}

#[test]
fn login_by_username_or_email_ignores_case() {
    let service = Service::start();
    let minji = service.sign_up("Minji");
    for identifier in [
        "Minji",
        "minji",
        "MINJI",
        "ｍｉｎｊｉ",
        "Minji@example.com",
        "minji@EXAMPLE.com",
    ] {
        let body = json!({ "identifier": identifier, "password": PASSWORD });
        let reply = log_in(&service, &body).assert(200);
        assert_eq!(reply.json["user"]["id"], minji.id);
        assert_eq!(reply.json["user"]["username"], "Minji");
        assert!(reply.lines("location").is_empty());
        service.get("/me").bearer(&reply.token()).send().assert(200);
    }
}

#[test]
fn the_field_is_named_identifier() {
    let service = Service::start();
    service.sign_up("minji");
    let refused = |body: Value| {
        log_in(&service, &body)
            .assert_problem(422, "validation_failed")
            .refused()
    };
    for (name, value) in [("username", "minji"), ("email", "minji@example.com")] {
        let unknown = format!("{name} unknown_field");
        assert_eq!(
            refused(json!({ name: value, "password": PASSWORD })),
            ["identifier required", &unknown]
        );
        assert_eq!(
            refused(json!({ "identifier": "minji", name: value, "password": PASSWORD })),
            [unknown]
        );
    }
    assert_eq!(
        refused(json!({})),
        ["identifier required", "password required"]
    );
}

#[test]
fn all_wrong_credentials_fail_alike() {
    let service = Service::start();
    service.sign_up("minji");
    let identifiers = [
        "minji",
        "minji@example.com",
        "nobody",
        "nobody@example.com",
        "",
        "a",
        "@",
        "not an address@",
        "with\0nul",
        "\u{202e}minji",
        "аdmin",
        &"x".repeat(8_000),
        &"@".repeat(8_000),
        &"가".repeat(2_000),
    ];
    let passwords = [
        "wrong",
        "",
        "\0",
        "Correct-Horse-7-battery\0",
        &"x".repeat(72),
        &"x".repeat(129),
        &"x".repeat(4_000),
    ];
    let mut failures = Vec::new();
    for identifier in identifiers {
        for password in passwords {
            let body = json!({ "identifier": identifier, "password": password });
            failures.push(log_in(&service, &body).assert_problem(401, "invalid_credentials"));
        }
    }
    let first = &failures[0];
    for failure in &failures {
        assert_eq!(failure.repeatable(), first.repeatable());
        let names = |reply: &Reply| {
            let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(failure), names(first));
        for name in ["www-authenticate", "cache-control", "content-length"] {
            assert_eq!(failure.header(name), first.header(name));
        }
    }
}

#[test]
fn only_the_owner_learns_that_an_account_is_disabled() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let operator = |action: &str| {
        let output = service.command().args(["user", action, "minji"]).output();
        assert!(output.unwrap().status.success());
    };
    operator("disable");
    service
        .get("/me")
        .bearer(&minji.token)
        .send()
        .assert_problem(401, "not_authenticated");
    let wrong = json!({ "identifier": "minji", "password": "wrong" });
    log_in(&service, &wrong).assert_problem(401, "invalid_credentials");
    let right = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let reply = log_in(&service, &right).assert_problem(403, "account_disabled");
    assert!(reply.lines("set-cookie").is_empty());
    operator("enable");
    log_in(&service, &right).assert(200);
    service
        .get("/me")
        .bearer(&minji.token)
        .send()
        .assert_problem(401, "not_authenticated");
}

#[test]
fn a_cookie_login_revokes_the_session_of_the_old_cookie() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let old = log_in(&service, &body).assert(200).cookie();
    let other = service.log_in("minji");
    let new = service
        .post("/login", &body)
        .cookie(&old)
        .send()
        .assert(200)
        .cookie();
    service.get("/me").cookie(&old).send().assert(401);
    service.get("/me").cookie(&new).send().assert(200);
    service.get("/me").bearer(&other).send().assert(200);
    // A failed login revokes no session, and neither does a login with the token transport.
    let mut wrong = body.clone();
    wrong["password"] = json!("wrong");
    service
        .post("/login", &wrong)
        .cookie(&new)
        .send()
        .assert(401);
    let mut token = body;
    token["transport"] = json!("token");
    service
        .post("/login", &token)
        .cookie(&new)
        .send()
        .assert(200);
    service.get("/me").cookie(&new).send().assert(200);
}

#[test]
fn every_byte_of_a_long_password_counts() {
    let service = Service::start();
    // Each password is longer than the 72 bytes that bcrypt reads.
    let long = "오늘도 맑음 우산 없이 걷는 길 그리고 바람 소리 들으며 집으로";
    assert!(long.len() > 72);
    for (name, password, near) in [
        ("hangul", long.to_owned(), format!("{long}!")),
        (
            "ascii",
            format!("{PASSWORD}{}", "z".repeat(80)),
            format!("{PASSWORD}{}", "z".repeat(79)),
        ),
        (
            "exactly",
            format!("{PASSWORD}{}", "z".repeat(72 - PASSWORD.len())),
            format!("{PASSWORD}{}", "z".repeat(73 - PASSWORD.len())),
        ),
    ] {
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": password });
        service.post("/signup", &body).send().assert(201);
        log_in(
            &service,
            &json!({ "identifier": name, "password": password }),
        )
        .assert(200);
        log_in(&service, &json!({ "identifier": name, "password": near })).assert(401);
    }
}

#[test]
fn unicode_forms_of_one_text_are_one_password_and_one_name() {
    let service = Service::start();
    let (composed, decomposed) = (
        "오늘도맑음우산없이",
        "\u{110b}\u{1169}\u{1102}\u{1173}\u{11af}\u{1103}\u{1169}\u{1106}\u{1161}\u{11b0}\u{110b}\u{1173}\u{11b7}\u{110b}\u{116e}\u{1109}\u{1161}\u{11ab}\u{110b}\u{1165}\u{11b9}\u{110b}\u{1175}",
    );
    let body = json!({
        "username": "\u{1112}\u{1161}\u{11ab}\u{1103}\u{1169}\u{11af}", "email": "han@example.com", "password": decomposed
    });
    let reply = service.post("/signup", &body).send().assert(201);
    assert_eq!(reply.json["user"]["username"], "한돌");
    for password in [composed, decomposed] {
        for identifier in ["한돌", "\u{1112}\u{1161}\u{11ab}\u{1103}\u{1169}\u{11af}"] {
            let body = json!({ "identifier": identifier, "password": password });
            log_in(&service, &body).assert(200);
        }
    }
}
