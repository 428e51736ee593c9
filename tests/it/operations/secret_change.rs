//! A change of `DAEMUN_SECRET`, with and without the secret before it.

use std::{fs, sync::Arc};

use daemun::clock::Clock;
use jsonwebtoken::decode_header;
use serde_json::json;

use crate::support::{
    Home, PASSWORD, Service,
    authenticator_app::{AuthenticatorApp, STEP},
    integrations::access_token,
};

const FIRST: &str = "the first secret has 32 characters, and more";
const SECOND: &str = "the second secret has 32 characters, and more";

/// Starts the service with these settings, and returns the id of the only key, which signs. Another
/// start finds the same database.
#[track_caller]
fn signing_key(home: &Arc<Home>, user: &str, settings: &[(&str, &str)]) -> String {
    let mut service = Service::try_start_in(home, settings).unwrap();
    let account = service.sign_up(user);
    let header = decode_header(access_token(&service, &account)).unwrap();
    let set = service.get("/.well-known/jwks.json").send().assert(200);
    assert_eq!(
        set.json["keys"].as_array().unwrap().len(),
        1,
        "{}",
        set.text
    );
    service.stop();
    header.kid.unwrap()
}

#[test]
fn previous_secret_is_needed_for_one_start() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[("DAEMUN_SECRET", FIRST)]);
    let file = home.path().join("previous");
    fs::write(&file, format!("{FIRST}\n")).unwrap();
    let previous = ("DAEMUN_SECRET_PREVIOUS_FILE", file.to_str().unwrap());
    let both = [("DAEMUN_SECRET", SECOND), previous];
    assert_eq!(signing_key(&home, "ben", &both), before);
    assert_eq!(signing_key(&home, "cho", &both[..1]), before);
}

#[test]
fn replicas_with_both_secrets_in_either_order_share_their_keys() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[("DAEMUN_SECRET", FIRST)]);
    let prepared = [("DAEMUN_SECRET", FIRST), ("DAEMUN_SECRET_PREVIOUS", SECOND)];
    let changed = [("DAEMUN_SECRET", SECOND), ("DAEMUN_SECRET_PREVIOUS", FIRST)];
    let old = Service::try_start_in(&home, &prepared).unwrap();
    assert_eq!(signing_key(&home, "ben", &changed), before);
    let account = old.sign_up("cho");
    let header = decode_header(access_token(&old, &account)).unwrap();
    assert_eq!(header.kid, Some(before), "it opens what the new one sealed");
}

#[test]
fn generated_secret_counts_as_the_previous_one() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[]);
    assert_eq!(
        signing_key(&home, "ben", &[("DAEMUN_SECRET", FIRST)]),
        before
    );
    home.sql().run("DELETE FROM secrets");
    assert_eq!(
        signing_key(&home, "cho", &[("DAEMUN_SECRET", FIRST)]),
        before
    );
    let back = [("DAEMUN_SECRET_PREVIOUS", FIRST)];
    assert_eq!(signing_key(&home, "dan", &back), before);
}

/// Sets up an authenticator app for a new account, and stops the service.
fn set_up_app(home: &Arc<Home>, settings: &[(&str, &str)]) -> AuthenticatorApp {
    let mut service = Service::try_start_in(home, settings).unwrap();
    let token = service.sign_up("minji").token;
    let start = service.post("/me/totp", &json!({})).bearer(&token);
    let app = AuthenticatorApp::scan(&start.send().assert(200).json);
    let code = app.code_at(Clock::system().now());
    let verify = service.post("/me/totp/verify", &json!({ "code": code }));
    verify.bearer(&token).send().assert(200);
    service.stop();
    app
}

#[test]
fn totp_secret_is_encrypted_again_and_its_codes_stay_valid() {
    let home = Home::new();
    let app = set_up_app(&home, &[("DAEMUN_SECRET", FIRST)]);
    let both = [("DAEMUN_SECRET", SECOND), ("DAEMUN_SECRET_PREVIOUS", FIRST)];
    let mut service = Service::try_start_in(&home, &both).unwrap();
    assert!(
        service.log().contains("secret.changed"),
        "{}",
        service.log()
    );
    service.stop();
    let service = Service::try_start_in(&home, &both[..1]).unwrap();
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    let first = service.post("/login", &body).send();
    let first = first.assert_problem(401, "second_factor_required");
    // The code of this step may be the one of the set-up.
    let code = app.code_at(Clock::system().now().plus(STEP));
    let body = json!({ "challenge": first.json["challenge"], "code": code });
    service
        .post("/login/second-factor", &body)
        .send()
        .assert(200);
}

#[test]
fn lost_secret_stops_the_start_until_the_apps_are_removed() {
    let home = Home::new();
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    set_up_app(&home, &[("DAEMUN_SECRET", FIRST), mail]);
    home.sql().run("UPDATE users SET email_verified = TRUE");
    let settings = [("DAEMUN_SECRET", SECOND), mail];
    let refused = Service::try_start_in(&home, &settings).err().unwrap();
    assert_eq!(refused.lines().count(), 1, "{refused}");
    assert!(
        refused.starts_with(
            "daemun: DAEMUN_SECRET: 1 TOTP secrets were encrypted under another secret"
        ),
        "{refused}"
    );
    let mut command = Service::command_at(&home, &settings);
    command.args(["user", "reset-second-factors", "--unreadable"]);
    let output = command.output().unwrap();
    assert_eq!(
        output.stdout, b"removed 1 authenticator apps\n",
        "{output:?}"
    );
    let service = Service::try_start_in(&home, &settings).unwrap();
    service.log_in("minji");
    let kinds = service.mailbox().kinds();
    assert!(kinds.contains(&String::from("totp_disabled")), "{kinds:?}");
}
