//! `daemun dev`: looser defaults, only on this machine.

mod limits;
mod output;

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Home, Service, wait_until};

/// Returns `daemun dev` in an empty folder, without the settings that other tests have.
fn command(home: &Home, settings: &[(&str, &str)]) -> Command {
    let mut command = Service::command_in(home.path(), &[]);
    command
        .env_remove("DAEMUN_RATE_LIMITS")
        .env_remove("DAEMUN_CAPTCHA")
        .envs(settings.iter().copied())
        .arg("dev");
    command
}

fn dev(settings: &[(&str, &str)]) -> Service {
    let home = Home::on_a_file();
    Service::try_start(command(&home, settings), &home).expect("the service starts")
}

fn account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": "Correct-Horse-7-battery" })
}

#[test]
fn only_loopback_addresses_are_allowed() {
    let folder = Home::on_a_file();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let mut refused = command(&folder, &[("DAEMUN_LISTEN", address), ("DAEMUN_DOCS", "x")]);
        let refused = refused.output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        let reported = String::from_utf8(refused.stderr).unwrap();
        let lines: Vec<_> = reported.lines().collect();
        assert_eq!(lines.len(), 2, "every fault at once: {reported}");
        let expected = format!("daemun: DAEMUN_LISTEN: `{address}` is not a loopback address");
        assert!(
            lines.iter().any(|line| line.starts_with(&expected)),
            "{reported}"
        );
    }
    let mut refused = command(&folder, &[("DAEMUN_ADMIN_LISTEN", "10.0.0.1:9090")]);
    let refused = refused.output().unwrap();
    let reported = String::from_utf8(refused.stderr).unwrap();
    let expected = "daemun: DAEMUN_ADMIN_LISTEN: `10.0.0.1:9090` is not a loopback address";
    assert!(reported.starts_with(expected), "{reported}");
    for address in ["127.0.0.1:0", "[::1]:0", "127.0.0.2:0"] {
        let service = dev(&[("DAEMUN_LISTEN", address)]);
        service.get("/readyz").send().assert(200);
    }
}

#[test]
fn a_developer_signs_up_many_times_without_captcha() {
    let service = dev(&[]);
    for number in 0..12 {
        let reply = service
            .post("/signup", &account(&format!("user{number}")))
            .send();
        let reply = reply.assert(201);
        assert_eq!(reply.header("ratelimit-policy"), r#""sign-up";q=200;w=60"#);
    }
    let home = service.home().path();
    assert!(home.join("data/dev.db").is_file() && !home.join("data/daemun.db").exists());
}

#[test]
fn pages_of_every_origin_on_this_machine_may_call() {
    let service = dev(&[]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery",
        "transport": "cookie" });
    let created = service
        .post("/signup", &body)
        .header("origin", "http://localhost:5173");
    let created = created
        .header("sec-fetch-site", "same-site")
        .send()
        .assert(201);
    let session = created.lines("set-cookie").remove(0).split(';').next();
    let cookie = session.unwrap().to_owned();
    for origin in [
        "http://localhost:5173",
        "http://127.0.0.1:3000",
        "http://[::1]:4000",
        "https://app.localhost",
    ] {
        let preflight = service.call("OPTIONS", "/me").header("origin", origin);
        let preflight = preflight
            .header("access-control-request-method", "PATCH")
            .send()
            .assert(200);
        assert_eq!(preflight.header("access-control-allow-origin"), origin);
        assert_eq!(preflight.header("access-control-allow-credentials"), "true");
        let update = service
            .call("PATCH", "/me")
            .json(&json!({}))
            .header("cookie", &cookie);
        update
            .header("origin", origin)
            .header("sec-fetch-site", "same-site")
            .send()
            .assert(200);
    }
    for origin in [
        "http://localhost.example.com",
        "https://app.example.com",
        "null",
        "capacitor://localhost",
    ] {
        let update = service
            .call("PATCH", "/me")
            .json(&json!({}))
            .header("cookie", &cookie);
        let update = update
            .header("origin", origin)
            .header("sec-fetch-site", "cross-site");
        update.send().assert_problem(403, "origin_not_allowed");
    }
}

#[test]
fn a_setting_that_is_given_takes_precedence() {
    let service = dev(&[
        ("DAEMUN_CAPTCHA", "always"),
        ("DAEMUN_CORS_ORIGINS", "https://app.example.com"),
        ("DATABASE_URL", "sqlite://own.db"),
        ("DAEMUN_MAIL_URL", "file://out"),
        ("DAEMUN_PUBLIC_URL", "https://app.example.com/x"),
        ("DAEMUN_LIMIT_SIGN_UPS", "7"),
    ]);
    let reply = service.post("/signup", &account("minji")).send();
    let reply = reply.assert(403);
    assert_eq!(reply.header("ratelimit-policy"), r#""sign-up";q=7;w=60"#);
    assert_eq!(reply.json["type"], "/x/problems/captcha_required");
    let preflight = service
        .call("OPTIONS", "/me")
        .header("origin", "http://localhost:5173");
    preflight
        .header("access-control-request-method", "GET")
        .send()
        .assert(403);
    assert!(service.home().path().join("own.db").is_file());
    assert!(!service.log().contains("No CAPTCHA"), "{}", service.log());
}

#[test]
fn an_empty_setting_has_the_default_of_the_mode() {
    let names = [
        "DAEMUN_CAPTCHA",
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "DAEMUN_MAIL_URL",
        "DAEMUN_MAIL_URL_FILE",
        "DAEMUN_CORS_ORIGINS",
        "DAEMUN_PUBLIC_URL",
        "DAEMUN_BASE_PATH",
        "DAEMUN_LIMIT_SIGN_UPS",
    ];
    let service = dev(&names.map(|name| (name, "")));
    let reply = service
        .post("/signup", &account("minji"))
        .send()
        .assert(201);
    assert_eq!(reply.header("ratelimit-policy"), r#""sign-up";q=200;w=60"#);
    wait_until(|| service.log().contains("mail.printed"));
    assert!(service.home().path().join("data/dev.db").is_file());
}
