//! `daemun user reset-second-factors`, and the factors that `show` prints.

use serde_json::json;

use super::{done, log_in, refused, shown};
use crate::support::{Account, PASSWORD, Service, authenticator_app::AuthenticatorApp};

/// Starts a service with an account whose authenticator app is set up.
fn with_app() -> (Service, Account) {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    let service = Service::start_with(&[mail, ("DAEMUN_EMAIL_VERIFICATION", "off")]);
    let minji = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let start = service.post("/me/totp", &json!({})).bearer(&minji.token);
    let app = AuthenticatorApp::scan(&start.send().assert(200).json);
    let code = app.code_at(daemun::clock::Clock::system().now());
    let verify = service.post("/me/totp/verify", &json!({ "code": code }));
    verify.bearer(&minji.token).send().assert(200);
    (service, minji)
}

#[test]
fn factors_are_shown() {
    let (service, _) = with_app();
    let factors = json!({ "totp": true, "passkeys": 0, "recovery_codes_left": 10 });
    assert_eq!(shown(&service, "minji")["second_factors"], factors);
    let text = done(&service, &["show", "minji"], "");
    let line = "Second factor authenticator app, 10 recovery codes";
    assert!(text.lines().any(|shown| shown == line), "{text}");
}

#[test]
fn disabled_account_loses_the_logins_that_wait_for_a_second_factor() {
    let (service, _) = with_app();
    let credentials = json!({ "identifier": "minji", "password": PASSWORD });
    let first = service.post("/login", &credentials).send();
    let first = first.assert_problem(401, "second_factor_required");
    done(&service, &["disable", "minji"], "");
    done(&service, &["enable", "minji"], "");
    let second = json!({ "challenge": first.json["challenge"], "code": "000000" });
    let reply = service.post("/login/second-factor", &second).send();
    reply.assert_problem(410, "challenge_expired");
}

#[test]
fn operator_removes_every_factor_and_the_owner_is_notified() {
    let (service, minji) = with_app();
    let mut rows = service.sql();
    rows.run(
        "INSERT INTO passkeys SELECT 'one', id, 'example.com', token_hash, token_hash, 0, '', FALSE, FALSE, 'key', 1, 0
             FROM (SELECT users.id, token_hash FROM users JOIN sessions ON user_id = users.id) AS own;
         INSERT INTO devices SELECT token_hash, user_id, 1, 9000000000000000, 1, 9000000000000000 FROM sessions",
    );
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    let reported = done(&service, &["reset-second-factors", "MINJI@example.com"], "");
    assert_eq!(reported, "removed the second factors of minji\n");
    for table in ["totp_secrets", "passkeys", "recovery_codes"] {
        let rest = rows.numbers(&format!("SELECT count(*) AS number FROM {table}"));
        assert_eq!(rest, [0], "{table}");
    }
    assert_eq!(
        rows.numbers("SELECT trusted_until AS number FROM devices"),
        [0]
    );
    assert_eq!(
        rows.numbers("SELECT version AS number FROM second_factors"),
        [2]
    );
    // The session stays, and the password alone is enough.
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.log_in("minji");
    let kinds = service.mailbox().kinds();
    assert!(
        kinds.contains(&String::from("second_factors_reset")),
        "{kinds:?}"
    );

    let again = done(&service, &["reset-second-factors", "minji"], "");
    assert_eq!(again, "minji has no second factor\n");
    let unknown = refused(&service, &["reset-second-factors", "unknown"], "");
    assert_eq!(unknown, "no account has this username or email");
}

#[test]
fn name_or_flag_is_required() {
    let service = Service::start();
    for arguments in [
        &["reset-second-factors"][..],
        &["reset-second-factors", "minji", "--unreadable"],
    ] {
        let output = super::user(&service, arguments, "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    let reported = done(&service, &["reset-second-factors", "--unreadable"], "");
    assert_eq!(reported, "removed 0 authenticator apps\n");
}
