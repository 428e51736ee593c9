//! The relying party: the settings of passkeys.

use serde_json::{Value, json};

use super::{RP_ID, account_with_passkey, authenticator, factors, log_in, register};
use crate::support::{Authenticator, Home, Service, TestService};

fn config(service: &TestService) -> Value {
    service.get("/config").send().assert(200).json
}

#[test]
fn without_a_domain_there_are_no_passkeys() {
    for flags in [&[][..], &["--public-url=https://192.0.2.1"]] {
        let service = TestService::start_with(flags);
        assert_eq!(config(&service)["passkeys"], false);
        let token = service.sign_up("minji");
        let calls = [
            service.post("/login/passkey/options", &json!({})),
            service
                .post("/me/passkeys/options", &json!({}))
                .bearer(&token),
            service
                .post("/me/confirm/options", &json!({}))
                .bearer(&token),
        ];
        for call in calls {
            call.send().assert_problem(503, "passkeys_not_configured");
        }
        assert_eq!(factors(&service, &token)["rp_id"], Value::Null);
    }
}

#[test]
fn passkeys_of_a_domain_work_on_the_hosts_below_it() {
    let flags = [
        "--public-url=https://auth.example.com",
        "--passkey-rp-id=Example.com",
        "--passkey-origins=android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLck",
    ];
    let service = TestService::start_with(&flags);
    assert_eq!(config(&service)["passkeys"], true);
    let token = service.sign_up("minji");
    let mut passkey = Authenticator::new("example.com", "https://shop.example.com");
    register(&service, &token, &mut passkey).assert(201);
    for origin in [
        "https://example.com",
        "https://auth.example.com",
        "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLck",
    ] {
        passkey.origin = origin.to_owned();
        log_in(&service, &passkey).assert(200);
    }
    passkey.origin = String::from("android:apk-key-hash:other");
    log_in(&service, &passkey).assert_problem(422, "passkey_invalid");
}

#[test]
fn development_mode_has_passkeys_for_localhost() {
    let service = TestService::start_with(&["--passkey-rp-id=localhost"]);
    let token = service.sign_up("minji");
    let mut passkey = Authenticator::new("localhost", "http://localhost:5173");
    register(&service, &token, &mut passkey).assert(201);
    log_in(&service, &passkey).assert(200);
}

#[test]
fn passkeys_of_another_domain_are_unusable_and_the_start_counts_them() {
    let home = Home::new();
    let start = |url: &str| {
        let settings = [("DAEMUN_PUBLIC_URL", url)];
        Service::try_start_in(&home, &settings).unwrap()
    };
    let before = start("https://app.example.com");
    let minji = before.sign_up("minji");
    let post = |service: &Service, path: &str, body: Value| {
        service.post(path, &body).bearer(&minji.token).send()
    };
    let started = post(&before, "/me/passkeys/options", json!({})).json;
    let mut phone = authenticator();
    assert_eq!(phone.rp_id, RP_ID);
    let credential = phone.create(&started["options"]);
    let body =
        json!({ "ceremony": started["ceremony"], "name": "Phone", "credential": credential });
    post(&before, "/me/passkeys", body).assert(201);
    assert!(!before.log().contains("passkeys.unusable"));
    drop(before);
    let after = start("https://login.example.org");
    assert!(after.log().contains("passkeys.unusable"), "{}", after.log());
    phone.rp_id = String::from("login.example.org");
    phone.origin = String::from("https://login.example.org");
    let started = post(&after, "/login/passkey/options", json!({})).json;
    let credential = phone.get(&started["options"]);
    let body = json!({ "ceremony": started["ceremony"], "credential": credential });
    post(&after, "/login/passkey", body).assert_problem(422, "passkey_invalid");
    // The passkey stays a second factor that cannot be presented.
    let body = json!({ "identifier": "minji", "password": crate::support::PASSWORD });
    let reply = post(&after, "/login", body).assert_problem(401, "second_factor_required");
    assert_eq!(reply.json["methods"], json!(["recovery_code"]));
    post(&after, "/me/confirm/options", json!({})).assert_problem(404, "passkey_not_found");
}

#[test]
fn options_do_not_depend_on_an_account() {
    let service = TestService::start_with(&["--public-url=https://app.example.com"]);
    account_with_passkey(&service, "minji");
    let options = || {
        let call = service.post("/login/passkey/options", &json!({}));
        let mut options = call.send().assert(200).json["options"].clone();
        options["challenge"].take();
        options
    };
    assert_eq!(options(), options());
}
