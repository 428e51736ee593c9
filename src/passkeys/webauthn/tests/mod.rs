//! The test vectors of WebAuthn Level 3 (section 16).

mod rejections;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::domain::{
    account::{
        display_name::DisplayName,
        ids::{PasskeyId, UserId},
    },
    timestamp::Timestamp,
};

const VECTORS: &str = include_str!("../../../../tests/webauthn/w3c_vectors.json");
const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn vector(name: &str) -> Value {
    let found = vectors().into_iter().find(|vector| vector["name"] == name);
    found.unwrap()
}

fn bytes(hexadecimal: &Value) -> Vec<u8> {
    hex::decode(hexadecimal.as_str().unwrap()).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn example() -> RelyingParty {
    RelyingParty {
        id: String::from("example.org"),
        name: String::from("Example"),
        listed_origins: Vec::new(),
    }
}

/// Returns the response of the vector's registration as a browser serializes it.
fn registration(vector: &Value) -> Value {
    let registration = &vector["registration"];
    let id = encoded(bytes(&vector["credential_id"]));
    json!({
        "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": encoded(registration["clientDataJSON"].as_str().unwrap()),
            "attestationObject": encoded(bytes(&registration["attestationObject"])),
            "transports": ["internal"]
        }
    })
}

fn authentication(vector: &Value) -> Value {
    let authentication = &vector["authentication"];
    let id = encoded(bytes(&vector["credential_id"]));
    json!({
        "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
        "response": {
            "clientDataJSON": encoded(authentication["clientDataJSON"].as_str().unwrap()),
            "authenticatorData": encoded(bytes(&authentication["authenticatorData"])),
            "signature": encoded(bytes(&authentication["signature"]))
        }
    })
}

fn register(vector: &Value, credential: &Value) -> Result<RegisteredCredential, PasskeyRejected> {
    let challenge = bytes(&vector["registration"]["challenge"]);
    example().verify_registration(credential, &challenge)
}

fn authenticate(
    vector: &Value,
    credential: &Value,
    registered: &RegisteredCredential,
) -> Result<Assertion, PasskeyRejected> {
    let response = AssertionResponse::parse(credential)?;
    assert_eq!(response.id, registered.id);
    let passkey = Passkey {
        id: PasskeyId::new(NOW, &[0; 10]),
        user_id: UserId::new(NOW, &[0; 10]),
        rp_id: String::from("example.org"),
        credential_id: registered.id.clone(),
        public_key: registered.public_key.clone(),
        sign_count: registered.sign_count,
        transports: registered.transports.clone(),
        is_backup_eligible: registered.is_backup_eligible,
        is_backed_up: registered.is_backed_up,
        name: DisplayName::from_stored(String::from("Key")),
        created_at: NOW,
        last_used_at: None,
    };
    let challenge = bytes(&vector["authentication"]["challenge"]);
    example().verify_assertion(&response, &challenge, &passkey)
}

#[test]
fn every_vector_of_a_supported_algorithm_registers_and_authenticates() {
    let mut accepted = 0;
    for vector in vectors() {
        let is_supported = PASSKEY_ALGORITHMS.contains(&vector["algorithm"].as_i64().unwrap());
        if !is_supported || vector["cross_origin"] == true {
            continue;
        }
        let name = &vector["name"];
        let registered = register(&vector, &registration(&vector)).unwrap();
        assert_eq!(registered.id, bytes(&vector["credential_id"]), "{name}");
        assert_eq!(registered.transports.joined(), "internal");
        let assertion = authenticate(&vector, &authentication(&vector), &registered);
        let data = bytes(&vector["authentication"]["authenticatorData"]);
        let expected = Assertion {
            is_user_verified: data[32] & 4 != 0,
            is_backed_up: data[32] & 16 != 0,
            sign_count: 0,
        };
        assert_eq!(assertion, Ok(expected), "{name}");
        accepted += 1;
    }
    assert_eq!(accepted, 10);
}

#[test]
fn every_other_vector_is_rejected() {
    let mut rejected = Vec::new();
    for vector in vectors() {
        if let Err(reason) = register(&vector, &registration(&vector)) {
            rejected.push((vector["name"].as_str().unwrap().to_owned(), reason));
        }
    }
    let rejected: Vec<_> = rejected
        .iter()
        .map(|(name, reason)| (name.as_str(), *reason))
        .collect();
    assert_eq!(
        rejected,
        [
            ("none.ES256.crossOrigin", PasskeyRejected::CrossOrigin),
            ("none.ES256.topOrigin", PasskeyRejected::CrossOrigin),
            ("packed.ES384", PasskeyRejected::PublicKey),
            ("packed.ES512", PasskeyRejected::PublicKey),
            ("packed.Ed448", PasskeyRejected::PublicKey),
        ]
    );
}
