//! No response of an authenticator makes the verification panic, and a registered key is usable.
//!
//! `cargo +nightly fuzz run passkeys`
#![no_main]

use daemun::{
    domain::{
        account::{
            display_name::DisplayName,
            ids::{PasskeyId, UserId},
        },
        credential::passkey::Passkey,
        timestamp::Timestamp,
    },
    passkeys::{PasskeyRejected, RelyingParty, webauthn::{AssertionResponse, RegisteredCredential}},
};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use serde_json::{Value, json};

#[derive(Arbitrary, Debug)]
struct Input {
    id: Vec<u8>,
    /// The attestation object, or the authenticator data of an assertion.
    object: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<Vec<u8>>,
    /// `true` if an attestation object is built around these authenticator data.
    is_wrapped: bool,
}

const CHALLENGE: [u8; 32] = [7; 32];

fuzz_target!(|input: Input| {
    let party = RelyingParty {
        id: String::from("example.org"),
        name: String::from("Example"),
        listed_origins: Vec::new(),
    };
    let object = if input.is_wrapped {
        wrapped(&with_party(&party, &input.object))
    } else {
        input.object.clone()
    };
    let created = response(&input.id, "webauthn.create", &json!({
        "attestationObject": encoded(&object)
    }));
    if let Ok(registered) = party.verify_registration(&created, &CHALLENGE) {
        assert_eq!(registered.id, input.id);
        assert(&party, &input, &registered);
    }
});

/// Verifies an assertion with a key that was registered. Only the signature may be refused.
fn assert(party: &RelyingParty, input: &Input, registered: &RegisteredCredential) {
    let data = with_party(party, &input.authenticator_data);
    let mut members = json!({
        "authenticatorData": encoded(&data), "signature": encoded(&input.signature)
    });
    if let Some(handle) = &input.user_handle {
        members["userHandle"] = json!(encoded(handle));
    }
    let asserted = response(&input.id, "webauthn.get", &members);
    let asserted = AssertionResponse::parse(&asserted).expect("a well-formed response");
    let now = Timestamp::from_micros(0);
    let passkey = Passkey {
        id: PasskeyId::new(now, &[0; 10]),
        user_id: UserId::new(now, &[0; 10]),
        rp_id: party.id.clone(),
        credential_id: registered.id.clone(),
        public_key: registered.public_key.clone(),
        sign_count: registered.sign_count,
        transports: registered.transports.clone(),
        is_backup_eligible: registered.is_backup_eligible,
        is_backed_up: registered.is_backed_up,
        name: DisplayName::from_stored(String::from("Key")),
        created_at: now,
        last_used_at: None,
    };
    let result = party.verify_assertion(&asserted, &CHALLENGE, &passkey);
    assert_ne!(result, Err(PasskeyRejected::PublicKey));
}

/// Returns authenticator data that begin with the hash of the RP id.
fn with_party(party: &RelyingParty, rest: &[u8]) -> Vec<u8> {
    [&party.id_hash()[..], rest].concat()
}

/// Returns an attestation object with these authenticator data.
fn wrapped(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length.to_be_bytes()[..], data].concat()
}

fn response(id: &[u8], kind: &str, members: &Value) -> Value {
    let client_data = json!({
        "type": kind, "challenge": encoded(&CHALLENGE), "origin": "https://example.org"
    });
    let mut response = members.clone();
    response["clientDataJSON"] = json!(encoded(client_data.to_string().as_bytes()));
    json!({ "id": encoded(id), "rawId": encoded(id), "type": "public-key", "response": response })
}

fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let chunk = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |at| char::from(ALPHABET[(bits >> (18 - 6 * at)) as usize & 63]))
    };
    bytes.chunks(3).flat_map(chunk).collect()
}
