//! Access tokens: issue, introspection and expiry.

use std::{collections::BTreeSet, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, ThumbprintHash},
};
use serde_json::{Value, json};

use crate::support::{
    Service, TestService,
    integrations::{access_token, claims, done, introspect, is_active},
};

#[test]
fn a_session_is_exchanged_for_a_token_that_the_jwks_verifies() {
    let service = Service::start_with(&[
        ("DAEMUN_PUBLIC_URL", "https://app.example.com/auth"),
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
        (Algorithm::ES256, Some("at+jwt"))
    );
    let keys = set.json["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let key = keys[0].as_object().unwrap();
    let names: BTreeSet<_> = key.keys().map(String::as_str).collect();
    let public = ["alg", "crv", "kid", "kty", "use", "x", "y"];
    assert_eq!(names, BTreeSet::from(public), "no private half");
    for (name, value) in [
        ("kty", "EC"),
        ("crv", "P-256"),
        ("alg", "ES256"),
        ("use", "sig"),
        ("kid", &header.kid.unwrap()),
    ] {
        assert_eq!(key[name], value, "{name}");
    }
    let jwk: Jwk = serde_json::from_value(keys[0].clone()).unwrap();
    let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256).unwrap();
    assert_eq!(key["kid"], thumbprint);
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&["https://app.example.com/auth"]);
    validation.set_audience(&["https://api.example.com"]);
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    decode::<Value>(token, &key, &validation).unwrap();
    assert!(!service.log().contains(token));
}

#[test]
fn a_token_has_the_claims_of_rfc_9068_and_those_of_its_account() {
    let service = Service::start_with(&[
        ("DAEMUN_PUBLIC_URL", "https://app.example.com:8443/auth"),
        ("DAEMUN_TOKEN_METADATA", "plan, tenant,absent"),
    ]);
    let minji = service.sign_up("minji");
    let issued = claims(&access_token(&service, &minji));
    let number = |name: &str| issued[name].as_i64().unwrap();
    assert_eq!(number("exp") - number("iat"), 300);
    assert!(number("auth_time") <= number("iat") && number("auth_time") > number("iat") - 60);
    assert_eq!(
        issued,
        json!({
            "iss": "https://app.example.com:8443/auth",
            "aud": "https://app.example.com:8443/auth",
            "client_id": "app.example.com",
            "sub": minji.id,
            "sid": minji.session_id,
            "jti": issued["jti"],
            "iat": issued["iat"],
            "exp": issued["exp"],
            "auth_time": issued["auth_time"],
            "amr": ["pwd"],
            "roles": [],
            "email_verified": false,
        })
    );

    service.sql().run(
        r#"UPDATE users SET roles = 'editor,billing:read', email_verified = TRUE,
            metadata = '{"note":"internal","tenant":{"id":7},"plan":"pro"}'"#,
    );
    let later = claims(&access_token(&service, &minji));
    assert_eq!(later["roles"], json!(["editor", "billing:read"]));
    assert_eq!(later["email_verified"], true);
    assert_eq!(
        later["metadata"],
        json!({ "plan": "pro", "tenant": { "id": 7 } })
    );
    assert_eq!(later["auth_time"], issued["auth_time"]);
    assert_ne!(later["jti"], issued["jti"]);
}

#[test]
fn without_a_public_url_issuer_audience_and_client_are_daemun_and_no_metadata_is_issued() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service
        .sql()
        .run(r#"UPDATE users SET metadata = '{"plan":"pro"}'"#);
    let claims = claims(&access_token(&service, &minji));
    for name in ["iss", "aud", "client_id"] {
        assert_eq!(claims[name], "daemun", "{name}");
    }
    assert_eq!(claims.get("metadata"), None);
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
