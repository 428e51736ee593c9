//! The hint reveals nothing: it is the same for known and unknown accounts, and in every language.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{from_anywhere, shape},
};

#[test]
fn a_hint_is_in_english_in_every_language() {
    let service = TestService::start();
    let get = |language| {
        service
            .get("/me")
            .header("accept-language", language)
            .send()
    };
    let [english, korean] = ["en", "ko"].map(get);
    assert_ne!(english.json["detail"], korean.json["detail"]);
    assert!(english.json["hint"].is_string());
    assert_eq!(english.json["hint"], korean.json["hint"]);
}

/// Sends both calls in turns, and asserts that every reply equals the one about the other account.
#[track_caller]
fn assert_alike(rounds: usize, codes: &mut BTreeSet<String>, send: impl Fn(&str) -> Reply) {
    for round in 0..rounds {
        let mut names = ["minji", "missing"];
        names.rotate_left(round % 2);
        let [one, other] = names.map(&send);
        assert_eq!(shape(&one), shape(&other), "round {round}");
        codes.insert(one.json["code"].as_str().unwrap().to_owned());
    }
}

#[test]
fn problems_of_known_and_unknown_accounts_are_the_same_documents() {
    let mail = tempfile::tempdir().unwrap();
    let flags = [
        "--rate-limits=on",
        "--limit-log-ins=10000",
        "--trusted-proxies=127.0.0.1",
        "--captcha=adaptive",
        &format!("--mail-url=file://{}", mail.path().display()),
    ];
    let service = TestService::start_now_with(&flags);
    service.sign_up("minji");
    let email = |name: &str| format!("{name}@example.com");
    let mut codes = BTreeSet::new();
    // Failures, then the required proof, then wrong and right proofs up to the backoff.
    for captcha in ["", "no solution", "proof"] {
        assert_alike(6, &mut codes, |name| {
            let mut body = json!({ "identifier": name, "password": "wrong", "captcha": captcha });
            if captcha == "proof" {
                body["captcha"] = json!(service.proof());
            }
            from_anywhere(service.post("/login", &body)).send()
        });
    }
    assert_alike(8, &mut codes, |name| {
        let body = json!({ "email": email(name), "code": "000000", "password": "wrong" });
        from_anywhere(service.post("/email/verify", &body)).send()
    });
    assert_alike(8, &mut codes, |name| {
        let body = json!({ "email": email(name), "code": "none", "new_password": PASSWORD });
        from_anywhere(service.post("/password/reset", &body)).send()
    });
    assert_eq!(
        codes.into_iter().collect::<Vec<_>>(),
        [
            "captcha_invalid",
            "captcha_required",
            "code_invalid",
            "invalid_credentials",
            "too_many_requests"
        ]
    );
}
