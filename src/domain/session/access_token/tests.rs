//! Tests of access tokens: which are valid, and which are rejected.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

use super::*;
use crate::domain::{account::roles::Role, json_object::JsonObject};

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
const ISSUER: &str = "https://app.example.com";
const AUDIENCE: &str = "https://api.example.com";

fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

fn valid<'a>(amr: &'a AuthenticationMethods, roles: &'a Roles) -> Claims<'a> {
    Claims {
        iss: ISSUER,
        aud: AUDIENCE,
        client_id: "app.example.com",
        sub: String::from("user"),
        sid: String::from("session"),
        jti: token_id(&[7; 16]),
        iat: NOW.as_seconds(),
        exp: NOW.plus(TOKEN_LIFE).as_seconds(),
        auth_time: NOW.as_seconds(),
        amr,
        roles,
        email_verified: false,
        metadata: Map::new(),
    }
}

/// Returns a token with valid claims, changed by `change`.
fn signed(key: &SigningKey, change: impl FnOnce(&mut Claims<'_>)) -> String {
    let (amr, roles) = (AuthenticationMethods::password(), Roles::default());
    let mut claims = valid(&amr, &roles);
    change(&mut claims);
    claims.sign(key).unwrap()
}

fn verify(token: &str, keys: &[&SigningKey], now: Timestamp) -> Option<VerifiedClaims> {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| VerifyingKey::new(&key.id, &key.x, &key.y).unwrap())
        .collect();
    super::verify(token, &keys, ISSUER, AUDIENCE, now)
}

#[test]
fn token_is_valid_until_it_expires_and_for_its_key_only() {
    let (own, other) = (key(), key());
    let token = signed(&own, |_valid| {});
    assert!(looks_like_jwt(&token));
    let claims = verify(&token, &[&other, &own], NOW).unwrap();
    assert_eq!(
        (claims.sub.as_str(), claims.sid.as_str()),
        ("user", "session")
    );
    assert_eq!(claims.client_id, "app.example.com");
    assert_eq!(claims.exp - claims.iat, 300);
    assert_eq!(verify(&token, &[&other], NOW), None);
    assert_eq!(verify(&token, &[&own], NOW.plus(TOKEN_LIFE)), None);
}

#[test]
fn largest_token_has_the_form_of_a_jwt() {
    let roles: Vec<_> = (0..Roles::MAX)
        .map(|number| Role::parse(&format!("{number:0>63}")).unwrap())
        .collect();
    let roles = Roles::new(&roles).unwrap();
    let plan = Value::String("p".repeat(JsonObject::MAX_BYTES));
    let amr = AuthenticationMethods::password();
    let mut claims = valid(&amr, &roles);
    claims.metadata.insert(String::from("plan"), plan);
    let token = claims.sign(&key()).unwrap();
    assert!(token.len() > 8 * 1024 && looks_like_jwt(&token));
}

#[test]
fn forged_foreign_and_other_tokens_are_rejected() {
    let own = key();
    let token = signed(&own, |_valid| {});
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let headed = |header: Value| {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.{body}.{signature}")
    };
    let public = [&own.x, &own.y].map(|half| URL_SAFE_NO_PAD.decode(half).unwrap());
    let confused = encode(
        &Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(own.id.clone()),
            ..Header::new(Algorithm::HS256)
        },
        &json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "user", "exp": i64::MAX }),
        &EncodingKey::from_secret(&public.concat()),
    );
    for wrong in [
        headed(json!({ "alg": "none", "typ": TOKEN_TYPE, "kid": own.id })),
        headed(json!({ "alg": "HS256", "typ": TOKEN_TYPE, "kid": own.id })),
        headed(json!({ "alg": "ES256", "typ": "JWT", "kid": own.id })),
        headed(json!({ "alg": "ES256", "typ": TOKEN_TYPE })),
        headed(json!({ "alg": "ES256", "typ": TOKEN_TYPE, "kid": "other" })),
        confused.unwrap(),
        signed(&own, |claims| claims.iss = "https://evil.example.com"),
        signed(&own, |claims| claims.aud = "https://evil.example.com"),
        format!("{head}.{body}."),
        format!("{head}.{body}.{}", "A".repeat(signature.len())),
        format!("{head}.{body}"),
        String::from("a.b.c"),
        String::new(),
    ] {
        assert_eq!(verify(&wrong, &[&own], NOW), None, "{wrong}");
    }
}
