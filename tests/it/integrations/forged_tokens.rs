//! Forged access tokens and those of others, each of which is inactive (RFC 8725).

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, decode_header,
    jwk::{Jwk, JwkSet},
};
use serde_json::{Value, json};

use crate::support::{
    Service,
    integrations::{access_token, claims, done, is_active},
};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A valid token in its parts, with the public key that verifies it.
struct Parts {
    head: String,
    body: String,
    signature: Vec<u8>,
    kid: String,
    claims: Value,
    key: Jwk,
}

impl Parts {
    fn of(service: &Service, token: &str) -> Self {
        let [head, body, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let kid = decode_header(token).unwrap().kid.unwrap();
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        let set: JwkSet = serde_json::from_value(set.json).unwrap();
        Self {
            head: head.to_owned(),
            body: body.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).unwrap(),
            key: set.find(&kid).unwrap().clone(),
            kid,
            claims: claims(token),
        }
    }

    /// Returns the token with other bytes as its signature.
    fn signed_as(&self, signature: impl AsRef<[u8]>) -> String {
        let signature = URL_SAFE_NO_PAD.encode(signature);
        format!("{}.{}.{signature}", self.head, self.body)
    }

    /// Returns the token with another header above the same signature.
    fn headed(&self, header: &Value) -> String {
        let signature = URL_SAFE_NO_PAD.encode(&self.signature);
        format!("{}.{}.{signature}", encoded(header), self.body)
    }

    /// Returns the same claims below a header with this algorithm, signed by `sign`.
    fn forged(&self, algorithm: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": self.kid });
        let message = format!("{}.{}", encoded(&header), self.body);
        let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// Returns the same claims, authenticated by HS256 with a secret that is public.
    fn confused(&self, secret: &[u8]) -> String {
        let header = Header {
            kid: Some(self.kid.clone()),
            typ: Some("at+jwt".into()),
            ..Header::new(Algorithm::HS256)
        };
        jsonwebtoken::encode(&header, &self.claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// Returns the bytes of the public key's coordinates.
    fn point(&self) -> Vec<u8> {
        let jwk = serde_json::to_value(&self.key).unwrap();
        let half = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        [half("x"), half("y")].concat()
    }
}

/// Returns the DER form of a signature (RFC 3279 section 2.2.3), which JWS does not use.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_negative = bytes[zeros] >= 0x80;
        let bytes = [&[0][..usize::from(is_negative)], &bytes[zeros..]].concat();
        [&[2, u8::try_from(bytes.len()).unwrap()][..], &bytes].concat()
    };
    let (r, s) = signature.split_at(32);
    let both = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()][..], &both].concat()
}

/// Returns the SPKI document of a point on P-256 in PEM, as services store public keys.
fn pem(point: &[u8]) -> String {
    const PREFIX: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
    let document = [&hex::decode(PREFIX).unwrap(), point].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(document);
    let (first, second) = text.split_at(64);
    format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n")
}

#[test]
fn tokens_with_another_algorithm_or_key_are_inactive() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let token = access_token(&service, &minji);
    let parts = Parts::of(&service, &token);
    let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let by_other = |message: &[u8]| {
        let signature = other.sign(&SystemRandom::new(), message).unwrap();
        signature.as_ref().to_vec()
    };
    let by_ed25519 = |message: &[u8]| ed25519.sign(message).as_ref().to_vec();
    let point = parts.point();
    let header = |name: &str, value: Value| {
        let mut header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": parts.kid });
        header[name] = value;
        header
    };
    let jwk = serde_json::to_value(&parts.key).unwrap();
    for (forgery, forged) in [
        ("none", parts.forged("none", |_message| Vec::new())),
        ("none, signed", parts.headed(&header("alg", json!("none")))),
        ("nOnE", parts.headed(&header("alg", json!("nOnE")))),
        ("HS256 with the PEM", parts.confused(pem(&point).as_bytes())),
        ("HS256 with the point", parts.confused(&point)),
        (
            "HS256 with the JWK",
            parts.confused(jwk.to_string().as_bytes()),
        ),
        ("EdDSA", parts.forged("EdDSA", by_ed25519)),
        ("Ed25519", parts.forged("Ed25519", by_ed25519)),
        (
            "EdDSA above ES256",
            parts.headed(&header("alg", json!("EdDSA"))),
        ),
        ("ES384", parts.headed(&header("alg", json!("ES384")))),
        ("RS256", parts.headed(&header("alg", json!("RS256")))),
        ("another key", parts.forged("ES256", by_other)),
        (
            "an unknown key",
            parts.headed(&header("kid", json!("unknown"))),
        ),
        (
            "no key",
            parts.headed(&json!({ "alg": "ES256", "typ": "at+jwt" })),
        ),
        ("another type", parts.headed(&header("typ", json!("JWT")))),
        ("its own key", parts.headed(&header("jwk", jwk.clone()))),
    ] {
        assert!(!is_active(&service, &key, &forged), "{forgery}");
    }
    assert!(is_active(&service, &key, &token));
}

#[test]
fn tokens_with_an_altered_signature_or_body_are_inactive() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let token = access_token(&service, &minji);
    let parts = Parts::of(&service, &token);
    let signature = &parts.signature;
    assert_eq!(signature.len(), 64);
    let (r, s) = signature.split_at(32);
    let mut changed = parts.claims.clone();
    changed["sub"] = json!("019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b");
    let text = URL_SAFE_NO_PAD.encode(signature);
    let zero = [0; 32];
    for (forgery, forged) in [
        ("DER", parts.signed_as(der(signature))),
        ("r and s swapped", parts.signed_as([s, r].concat())),
        ("zero", parts.signed_as([0; 64])),
        ("r is zero", parts.signed_as([&zero, s].concat())),
        ("s is zero", parts.signed_as([r, &zero].concat())),
        ("all ones", parts.signed_as([0xff; 64])),
        ("cut", parts.signed_as(&signature[..63])),
        ("half", parts.signed_as(r)),
        ("longer", parts.signed_as([&signature[..], &[0]].concat())),
        ("none", format!("{}.{}.", parts.head, parts.body)),
        ("two parts", format!("{}.{}", parts.head, parts.body)),
        ("padding", format!("{token}==")),
        ("a fourth part", format!("{token}.{text}")),
        (
            "another subject",
            format!("{}.{}.{text}", parts.head, encoded(&changed)),
        ),
    ] {
        assert!(!is_active(&service, &key, &forged), "{forgery}");
    }
    assert!(is_active(&service, &key, &token));
}

#[test]
fn credentials_of_others_and_other_texts_are_inactive() {
    let service = Service::start();
    let other = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    let stranger = other.sign_up("minji");
    for (what, foreign) in [
        (
            "another service's access token",
            access_token(&other, &stranger),
        ),
        ("another service's session", stranger.token.clone()),
        ("the key itself", key.clone()),
        ("a long text", "a.".repeat(3000) + "a.a"),
        ("nothing", String::new()),
    ] {
        assert!(!is_active(&service, &key, &foreign), "{what}");
    }
    assert!(is_active(&service, &key, &access_token(&service, &minji)));
}
