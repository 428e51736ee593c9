//! Access tokens: issue, introspection and expiry.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header,
};
use serde_json::{Value, json};

use crate::support::{
    Service, TestService,
    integrations::{access_token, claims, done, introspect, is_active},
};

#[test]
fn a_session_is_exchanged_for_a_token_that_the_jwks_verifies() {
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
fn an_access_token_is_no_session_and_is_active_like_its_session() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let token = access_token(&service, &minji);
    let reply = introspect(&service, &key, &token).assert(200);
    assert_eq!(reply.json["token_type"], "Bearer");
    assert_eq!(reply.json["token_use"], "access_token");
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
fn forged_and_foreign_tokens_are_inactive() {
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
fn a_token_expires_after_five_minutes_or_with_its_session() {
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
