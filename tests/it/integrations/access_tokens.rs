//! Access tokens and the keys that sign them

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header,
};
use serde_json::{Value, json};

use crate::support::{
    Home, Service, TestService,
    integrations::{access_token, claims, done, introspect, is_active},
    send_at_once, wait_until,
};

#[test]
fn a_session_is_exchanged_for_a_token_that_the_key_set_verifies() {
    let service = Service::start_with(&[
        ("DAEMUN_PUBLIC_URL", "https://app.example.com/auth/"),
        ("DAEMUN_TOKEN_AUDIENCE", "https://api.example.com"),
    ]);
    let minji = service.sign_up("minji");
    let reply = service
        .call("POST", "/token")
        .bearer(&minji.token)
        .send()
        .assert(200);
    assert_eq!(reply.json["token_type"], "Bearer");
    assert_eq!(reply.json["expires_in"], 300);
    assert_eq!(reply.header("cache-control"), "no-store");
    let token = reply.json["access_token"].as_str().unwrap();

    let set = service.get("/.well-known/jwks.json").send().assert(200);
    assert_eq!(set.header("cache-control"), "public, max-age=300");
    let header = decode_header(token).unwrap();
    assert_eq!(
        (header.alg, header.typ.as_deref()),
        (Algorithm::EdDSA, Some("at+jwt"))
    );
    let keys = set.json["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["kid"], header.kid.unwrap());
    assert_eq!(
        (&keys[0]["kty"], &keys[0]["use"]),
        (&json!("OKP"), &json!("sig"))
    );
    assert!(keys[0].get("d").is_none(), "the private half");
    let key = DecodingKey::from_ed_components(keys[0]["x"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&["https://app.example.com/auth"]);
    validation.set_audience(&["https://api.example.com"]);
    let claims = decode::<Value>(token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], minji.id);
    assert_eq!(claims["sid"], minji.session_id);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
    assert_ne!(
        claims["jti"],
        self::claims(&access_token(&service, &minji))["jti"]
    );
    assert!(!service.log().contains(token));
}

#[test]
fn an_access_token_is_no_session_and_is_introspected_with_its_session() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let token = access_token(&service, &minji);
    let reply = introspect(&service, &key, &token).assert(200);
    assert_eq!(reply.json["token_type"], "access_token");
    assert_eq!(reply.json["sub"], minji.id);
    assert_eq!(reply.json["exp"], claims(&token)["exp"]);
    service
        .get("/me")
        .bearer(&token)
        .send()
        .assert_problem(401, "not_authenticated");
    service
        .call("POST", "/token")
        .bearer(&token)
        .send()
        .assert_problem(401, "not_authenticated");

    service
        .call("POST", "/logout")
        .bearer(&minji.token)
        .send()
        .assert(204);
    assert!(
        !is_active(&service, &key, &token),
        "a revocation reaches it at once"
    );
    assert!(!is_active(&service, &key, &minji.token));
}

#[test]
fn no_forged_or_foreign_token_is_active() {
    let service = Service::start();
    let other = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let token = access_token(&service, &minji);
    let [head, body, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let kid = decode_header(&token).unwrap().kid.unwrap();
    let mut older = claims(&token);
    older["sub"] = json!("019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b");
    let set = service.get("/.well-known/jwks.json").send();
    let public = URL_SAFE_NO_PAD
        .decode(set.json["keys"][0]["x"].as_str().unwrap())
        .unwrap();
    let confused = Header {
        kid: Some(kid.clone()),
        typ: Some("at+jwt".into()),
        ..Header::new(Algorithm::HS256)
    };
    let confused = jsonwebtoken::encode(
        &confused,
        &claims(&token),
        &EncodingKey::from_secret(&public),
    )
    .unwrap();
    let stranger = other.sign_up("minji");
    for (what, forged) in [
        (
            "no algorithm",
            format!(
                "{}.{body}.",
                encoded(&json!({ "alg": "none", "kid": kid, "typ": "at+jwt" }))
            ),
        ),
        ("a confused algorithm", confused),
        (
            "another type",
            format!(
                "{}.{body}.{signature}",
                encoded(&json!({ "alg": "EdDSA", "kid": kid, "typ": "JWT" }))
            ),
        ),
        (
            "another subject",
            format!("{head}.{}.{signature}", encoded(&older)),
        ),
        ("no signature", format!("{head}.{body}.")),
        (
            "a cut signature",
            format!("{head}.{body}.{}", &signature[..40]),
        ),
        (
            "another service's access token",
            access_token(&other, &stranger),
        ),
        ("another service's session", stranger.token.clone()),
        ("the key itself", key.clone()),
        ("a long text", "a.".repeat(3000) + "a.a"),
        ("nothing", String::new()),
    ] {
        assert!(!is_active(&service, &key, &forged), "{what}");
    }
    assert!(is_active(&service, &key, &token));
}

#[test]
fn a_token_ends_after_five_minutes_and_with_its_session() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    let exchange = || {
        service
            .call("POST", "/token")
            .bearer(&token)
            .send()
            .assert(200)
    };
    service.pass(Duration::from_hours(24) - Duration::from_secs(100));
    assert_eq!(exchange().json["expires_in"], 100);
    service.pass(Duration::from_secs(100));
    let ended = service.call("POST", "/token").bearer(&token).send();
    ended.assert_problem(401, "not_authenticated");
}

#[test]
fn a_key_is_published_before_it_signs_and_until_its_last_token_has_ended() {
    let service = TestService::start_with(&["--token-key-age=1d"]);
    let kids = || -> Vec<String> {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        let keys = set.json["keys"].as_array().unwrap().clone();
        keys.iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    let signing = |name: &str| {
        let token = service.sign_up(name);
        let reply = service
            .call("POST", "/token")
            .bearer(&token)
            .send()
            .assert(200);
        decode_header(reply.json["access_token"].as_str().unwrap())
            .unwrap()
            .kid
            .unwrap()
    };
    let first = kids();
    assert_eq!(first, [signing("ann")]);
    service.pass(Duration::from_hours(24));
    let both = kids();
    assert_eq!(both.len(), 2, "the next one is published");
    assert_eq!(both[1], first[0]);
    assert_eq!(signing("ben"), first[0], "and does not sign yet");
    service.pass(Duration::from_mins(15));
    assert_eq!(signing("cho"), both[0]);
    service.pass(Duration::from_mins(6));
    assert_eq!(kids(), both, "a token of the first may still live");
    service.pass(Duration::from_mins(2));
    assert_eq!(kids(), both[..1]);
}

#[test]
fn a_database_that_takes_no_writes_keeps_its_old_key_signing() {
    let service = TestService::start_with(&["--token-key-age=1h"]);
    let set = || {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        set.json["keys"].as_array().unwrap().clone()
    };
    let first = set();
    let mut stranger = service.sql();
    stranger.lock_writers();
    service.pass(Duration::from_hours(1));
    assert_eq!(set(), first, "the next key cannot be made");
    stranger.run("ROLLBACK");
    service.pass(Duration::from_mins(1));
    assert_eq!(set().len(), 2);
}

#[test]
fn replicas_make_one_key_among_them() {
    let home = Home::new();
    let replicas = [(); 3].map(|()| Service::try_start_in(&home, &[]).unwrap());
    let calls = [0, 1, 2, 0, 1, 2].map(|place| replicas[place].get("/.well-known/jwks.json"));
    let replies = send_at_once(calls).into_iter();
    let sets: Vec<_> = replies
        .map(|reply| reply.assert(200).json["keys"].clone())
        .collect();
    assert_eq!(sets[0].as_array().unwrap().len(), 1);
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
}

#[test]
fn a_key_that_nobody_needs_any_longer_is_not_kept() {
    let service = Service::start();
    let published = |service: &Service| {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        set.json["keys"].as_array().unwrap().len()
    };
    assert_eq!(published(&service), 1);
    done(&service, &["rotate"]);
    let mut rows = service.sql();
    let hour_passes = "UPDATE signing_keys SET signs_from = signs_from - 3600000000";
    let touch_all = "UPDATE signing_keys SET id = id";
    let service = service.stop_and_restart();
    assert_eq!(rows.change(touch_all), 2);
    rows.change(hour_passes);
    let service = service.stop_and_restart();
    wait_until(|| rows.change(touch_all) == 1);
    assert_eq!(published(&service), 1);
}

#[test]
fn an_operator_turns_keys_in_peace_and_in_a_hurry() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let signing = |service: &Service| {
        decode_header(access_token(service, &minji))
            .unwrap()
            .kid
            .unwrap()
    };
    let first = signing(&service);
    let next = done(&service, &["rotate"]);
    let service = service.stop_and_restart();
    assert_eq!(signing(&service), first, "it signs later");
    let set = service.get("/.well-known/jwks.json").send().text;
    assert!(set.contains(&first) && set.contains(&next), "{set}");
    let hurried = done(&service, &["rotate", "--at-once"]);
    let service = service.stop_and_restart();
    assert_eq!(signing(&service), hurried);
    let set = service.get("/.well-known/jwks.json").send().text;
    assert!(!set.contains(&first) && !set.contains(&next), "{set}");
}

#[test]
fn another_secret_makes_another_key_and_tells_so() {
    let secret = |text: &str| [("DAEMUN_SECRET".to_owned(), text.repeat(32))];
    let home = Home::new();
    let start = |text: &str| {
        let settings = secret(text);
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Service::try_start_in(&home, &settings).unwrap()
    };
    let mut service = start("a");
    let minji = service.sign_up("minji");
    let first = decode_header(access_token(&service, &minji))
        .unwrap()
        .kid
        .unwrap();
    service.stop();
    let service = start("b");
    let second = decode_header(access_token(&service, &minji))
        .unwrap()
        .kid
        .unwrap();
    assert_ne!(first, second);
    wait_until(|| service.log().contains("sealed with another DAEMUN_SECRET"));
}
