//! `daemun user show`, and the database that every command names.

use serde_json::{Value, json};

use super::{done, log_in, shown};
use crate::support::{PASSWORD, Service};

#[test]
fn an_account_is_shown_with_its_data_and_state() {
    let service = Service::start();
    let body = json!({
        "username": "Minji", "email": "minji@example.com", "password": PASSWORD,
        "display_name": "Kim Minji", "profile": { "theme": "dark" },
    });
    let signed_up = service.post("/signup", &body).send().assert(201);
    service.log_in("minji");
    done(&service, &["set-roles", "minji", "editor", "billing"], "");
    done(
        &service,
        &["set-metadata", "minji", r#"{"plan":"pro"}"#],
        "",
    );
    let mut account = shown(&service, "minji@example.com");
    let last_login = account["last_login_at"].take();
    let updated = account["updated_at"].take();
    assert!(updated.as_str() > signed_up.json["user"]["created_at"].as_str());
    assert!(last_login.as_str() > signed_up.json["user"]["created_at"].as_str());
    let mut expected = signed_up.json["user"].clone();
    expected["roles"] = json!(["editor", "billing"]);
    expected["metadata"] = json!({ "plan": "pro" });
    expected["disabled"] = json!(false);
    expected["locked_until"] = Value::Null;
    expected["recognized_devices_only"] = json!(false);
    expected["last_login_at"] = Value::Null;
    expected["updated_at"] = Value::Null;
    expected["external_id"] = Value::Null;
    expected["sessions"] = json!(2);
    expected["second_factors"] = json!({ "totp": false, "passkeys": 0, "recovery_codes_left": 0 });
    assert_eq!(account, expected);

    let text = done(&service, &["show", "minji"], "");
    for line in [
        "Username      Minji",
        "Email         minji@example.com (not verified)",
        "Display name  Kim Minji",
        "Roles         editor, billing",
        "External ID   none",
        "Status        enabled",
        "Locked        no",
        "Sessions      2",
        "Second factor none",
        r#"Profile       {"theme":"dark"}"#,
        r#"Metadata      {"plan":"pro"}"#,
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
    let login = format!("Last login    {}", last_login.as_str().unwrap());
    assert!(text.contains(&login), "{text}");
    assert!(!text.contains("$2b$"), "{text}");
}

#[test]
fn an_account_without_a_login_has_none() {
    let service = Service::start();
    done(
        &service,
        &["create", "minji", "minji@example.com"],
        PASSWORD,
    );
    let account = shown(&service, "minji");
    assert_eq!(account["last_login_at"], Value::Null);
    assert_eq!(account["sessions"], 0);
    let text = done(&service, &["show", "minji"], "");
    assert!(text.contains("\nLast login    none\n"), "{text}");
}

#[test]
fn every_login_moves_the_last_login() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let at = || shown(&service, "minji")["last_login_at"].to_string();
    let signed_up = at();
    assert_eq!(log_in(&service, "minji", "Wrong-Horse-7-battery"), 401);
    service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(
        at(),
        signed_up,
        "neither a failure nor a request is a login"
    );
    service.log_in("minji");
    assert!(at() > signed_up);
}

#[test]
fn a_disabled_account_is_shown_as_disabled() {
    let service = Service::start();
    service.sign_up("minji");
    done(&service, &["disable", "minji"], "");
    let account = shown(&service, "minji");
    assert_eq!(
        (&account["disabled"], &account["sessions"]),
        (&json!(true), &json!(0))
    );
    let text = done(&service, &["show", "minji"], "");
    assert!(text.contains("\nStatus        disabled\n"), "{text}");
}

#[test]
fn a_lockout_is_shown_until_it_is_cleared() {
    let service = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
        ("DAEMUN_LIMIT_FAILURES", "10"),
        ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "10"),
    ]);
    service.sign_up("minji");
    let fail = || assert_eq!(log_in(&service, "minji", "Wrong-Horse-7-battery"), 401);
    for _ in 0..9 {
        fail();
    }
    let account = shown(&service, "minji");
    assert_eq!(account["locked_until"], Value::Null);
    assert_eq!(account["recognized_devices_only"], false);
    fail();
    let account = shown(&service, "minji");
    let until = account["locked_until"].as_str().unwrap();
    assert!(Some(until) > account["created_at"].as_str());
    assert_eq!(account["recognized_devices_only"], true);
    let text = done(&service, &["show", "minji"], "");
    let line = text
        .lines()
        .find(|line| line.starts_with("Locked"))
        .unwrap();
    assert!(
        line.contains(until) && line.contains("recognized devices"),
        "{line}"
    );
    done(&service, &["unlock", "minji"], "");
    let account = shown(&service, "minji");
    assert_eq!(account["locked_until"], Value::Null);
    assert_eq!(account["recognized_devices_only"], false);
}

#[test]
fn nothing_of_an_owner_disturbs_the_terminal() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let profile = json!({ "a\u{9b}31m": "b\u{202e}c\u{7f}", "d": "\u{1b}[2J" });
    let body = json!({ "profile": profile });
    let call = service.call("PATCH", "/me").json(&body);
    call.bearer(&token).send().assert(200);
    let text = done(&service, &["show", "minji"], "");
    let json = done(&service, &["show", "minji", "--json"], "");
    for output in [&text, &json] {
        let disturbs = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!output.contains(disturbs), "{output:?}");
    }
    assert_eq!(shown(&service, "minji")["profile"], profile);
}

#[test]
fn every_command_names_the_database_without_its_password() {
    let service = Service::start();
    let file = service.home().path().canonicalize().unwrap();
    let file = format!("sqlite://{}/data/daemun.db", file.display());
    for arguments in [&["user", "list"][..], &["key", "list"], &["key", "rotate"]] {
        let output = service.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let reported = String::from_utf8(output.stderr).unwrap();
        let named = reported.lines().next().unwrap();
        let database = named.strip_prefix("daemun: database ").unwrap();
        match service.home().postgres_url() {
            None => assert_eq!(database, file),
            Some(_) => assert!(database.starts_with("postgres://"), "{database}"),
        }
        assert!(!database.contains('@'), "{database}");
    }
    let other = format!("sqlite://{}/other.db", service.home().path().display());
    for flag in ["--database-url", "--database-url="] {
        let mut command = service.command();
        command.args(["user", "list"]);
        match flag.strip_suffix('=') {
            Some(_) => command.arg(format!("{flag}{other}")),
            None => command.args([flag, &other]),
        };
        let output = command.output().unwrap();
        let reported = String::from_utf8(output.stderr).unwrap();
        assert!(reported.contains("other.db"), "the flag wins: {reported}");
    }
}
