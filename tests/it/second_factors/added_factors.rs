//! Sessions, and set-ups, that are open when an owner adds a second factor.

use serde_json::{Value, json};

use crate::support::{
    Authenticator, PASSWORD, Reply, TestService,
    authenticator_app::{AuthenticatorApp, credentials},
};

const PASSKEYS: &str = "--public-url=https://app.example.com";

/// An account without a second factor: the session of its owner, and one of a client that knows the
/// password. Both are confirmed.
struct Account {
    service: TestService,
    owner: String,
    attacker: String,
}

impl Account {
    fn new() -> Self {
        let service = TestService::start_with(&[PASSKEYS]);
        let owner = service.sign_up("minji");
        let log_in = service.post("/login", &credentials("minji")).send();
        let attacker = log_in.assert(200).token();
        Self {
            service,
            owner,
            attacker,
        }
    }

    fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.service.post(path, body).bearer(token).send()
    }

    /// Begins to register a passkey. Returns the body that ends it.
    fn begin_passkey(&self, token: &str) -> Value {
        let started = self.post("/me/passkeys/options", token, &json!({}));
        let started = started.assert(200).json;
        let mut passkey = Authenticator::new("app.example.com", "https://app.example.com");
        let credential = passkey.create(&started["options"]);
        json!({ "ceremony": started["ceremony"], "name": "Phone", "credential": credential })
    }

    fn factors(&self) -> Value {
        super::overview(&self.service, &self.owner)
    }
}

#[test]
fn new_factor_ends_the_confirmation_of_sessions_that_did_not_present_it() {
    let account = Account::new();
    AuthenticatorApp::set_up(&account.service, &account.owner);
    for (method, path) in [
        ("POST", "/me/totp"),
        ("DELETE", "/me/totp"),
        ("POST", "/me/recovery-codes"),
        ("POST", "/me/passkeys/options"),
        ("DELETE", "/me"),
    ] {
        let mut call = account.service.call(method, path);
        if method == "POST" {
            call = call.json(&json!({}));
        }
        let reply = call.bearer(&account.attacker).send();
        let reply = reply.assert_problem(403, "confirmation_required");
        assert_eq!(reply.json["methods"], json!(["totp", "recovery_code"]));
    }
    let password = json!({ "password": PASSWORD });
    let reply = account.post("/me/confirm", &account.attacker, &password);
    reply.assert_problem(403, "confirmation_required");
    // The session that presented the new factor stays confirmed.
    let codes = account.post("/me/recovery-codes", &account.owner, &json!({}));
    codes.assert(200);
}

#[test]
fn passkey_that_was_begun_before_another_factor_is_not_registered() {
    let account = Account::new();
    let begun = account.begin_passkey(&account.attacker);
    AuthenticatorApp::set_up(&account.service, &account.owner);
    let reply = account.post("/me/passkeys", &account.attacker, &begun);
    reply.assert_problem(403, "confirmation_required");
    assert_eq!(account.factors()["passkeys"], json!([]));
}

#[test]
fn app_that_was_begun_before_another_factor_is_not_enabled() {
    let account = Account::new();
    let (app, _) = super::begin_totp(&account.service, &account.attacker);
    let own = account.begin_passkey(&account.owner);
    let registered = account.post("/me/passkeys", &account.owner, &own);
    registered.assert(201);
    let code = app.code(&account.service);
    let call = super::verify_totp(&account.service, &account.attacker, &code);
    call.send().assert_problem(403, "confirmation_required");
    assert_eq!(account.factors()["totp"], Value::Null);
}

#[test]
fn set_ups_of_one_session_do_not_end_each_other() {
    let account = Account::new();
    let passkey = account.begin_passkey(&account.owner);
    AuthenticatorApp::set_up(&account.service, &account.owner);
    let reply = account.post("/me/passkeys", &account.owner, &passkey);
    reply.assert(201);
    assert_eq!(account.factors()["passkeys"].as_array().unwrap().len(), 1);
}
