//! The state, the password and the sessions of accounts.

use serde_json::json;

use super::{done, log_in, refused};
use crate::support::{PASSWORD, Service};

const OTHER_PASSWORD: &str = "Seven-Purple-9-lanterns";

#[test]
fn disabling_takes_effect_at_once_and_can_be_undone() {
    let service = Service::start();
    let (minji, other) = (service.sign_up("minji"), service.sign_up("other"));
    let reported = done(&service, &["disable", "MINJI"], "");
    assert_eq!(reported, "disabled minji and revoked its sessions\n");
    service
        .get("/me")
        .bearer(&minji.token)
        .send()
        .assert_problem(401, "not_authenticated");
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    service
        .post("/login", &body)
        .send()
        .assert_problem(403, "account_disabled");
    assert_eq!(log_in(&service, "minji", "Wrong-Horse-7-battery"), 401);
    service.get("/me").bearer(&other.token).send().assert(200);

    assert_eq!(
        done(&service, &["enable", "minji@example.com"], ""),
        "enabled minji\n"
    );
    service.get("/me").bearer(&minji.token).send().assert(401);
    let token = service.log_in("minji");
    service.get("/me").bearer(&token).send().assert(200);
}

#[test]
fn setting_a_password_replaces_the_old_one_and_revokes_sessions() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let line = refused(&service, &["set-password", "minji"], "minji@example.com\n");
    assert!(line.starts_with("password: "), "{line}");
    service.get("/me").bearer(&minji.token).send().assert(200);

    let reported = done(
        &service,
        &["set-password", "minji"],
        &format!("{OTHER_PASSWORD}\r\n"),
    );
    assert_eq!(
        reported,
        "replaced the password of minji and revoked its sessions\n"
    );
    service.get("/me").bearer(&minji.token).send().assert(401);
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    assert_eq!(log_in(&service, "minji", OTHER_PASSWORD), 200);
}

#[test]
fn all_sessions_of_an_account_can_be_revoked_at_once() {
    let service = Service::start();
    let (minji, other) = (service.sign_up("minji"), service.sign_up("other"));
    let tokens = [
        minji.token,
        service.log_in("minji"),
        service.log_in("minji"),
    ];
    assert_eq!(
        done(&service, &["end-sessions", "minji"], ""),
        "revoked 3 sessions\n"
    );
    for token in tokens {
        service.get("/me").bearer(&token).send().assert(401);
    }
    service.get("/me").bearer(&other.token).send().assert(200);
    assert_eq!(
        done(&service, &["end-sessions", "minji"], ""),
        "revoked 0 sessions\n"
    );
    service.log_in("minji");
}

#[test]
fn an_unknown_account_is_reported() {
    let service = Service::start();
    for action in [
        "disable",
        "enable",
        "set-password",
        "delete",
        "show",
        "end-sessions",
    ] {
        for name in ["nobody", "nobody@example.com", "", "a b", "@"] {
            let reported = refused(&service, &[action, name], OTHER_PASSWORD);
            assert_eq!(
                reported, "no account has this username or email",
                "{action} {name}"
            );
        }
    }
}
