//! An authenticator in software, with the browser around it (WebAuthn Level 3).

use std::sync::Arc;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;

/// An authenticator with one discoverable ES256 passkey. Its public members are what it claims:
/// tests change them to send what no real one sends. Clones share the key.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the authenticator data"
)]
pub struct Authenticator {
    key: Arc<EcdsaKeyPair>,
    pub id: Vec<u8>,
    pub user_handle: Option<String>,
    pub rp_id: String,
    /// The origin of the page.
    pub origin: String,
    pub is_user_present: bool,
    pub is_user_verified: bool,
    pub is_backup_eligible: bool,
    pub is_backed_up: bool,
    pub sign_count: u32,
}

impl Authenticator {
    /// Returns an authenticator with a new key, at a page of this origin.
    pub fn new(rp_id: &str, origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref());
        Self {
            id: id.as_ref().to_vec(),
            key: Arc::new(key),
            user_handle: None,
            rp_id: rp_id.to_owned(),
            origin: origin.to_owned(),
            is_user_present: true,
            is_user_verified: true,
            is_backup_eligible: false,
            is_backed_up: false,
            sign_count: 0,
        }
    }

    /// Returns the response to creation options, as `toJSON()` of the browser does.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let client_data = self.client_data("webauthn.create", options);
        self.attest(&client_data)
    }

    /// Returns the response to request options.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        self.assert(&client_data)
    }

    /// Returns the client data of a ceremony.
    pub fn client_data(&self, kind: &str, options: &Value) -> Value {
        json!({
            "type": kind, "challenge": options["challenge"],
            "origin": self.origin, "crossOrigin": false
        })
    }

    /// Returns the response of a registration with these client data.
    pub fn attest(&self, client_data: &Value) -> Value {
        let mut data = self.authenticator_data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose_key());
        let length = u8::try_from(data.len()).unwrap();
        // {"fmt": "none", "attStmt": {}, "authData": h'…'}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(length);
        object.extend(data);
        self.credential(&json!({
            "clientDataJSON": encoded(client_data.to_string()),
            "attestationObject": encoded(object),
            "transports": ["internal"]
        }))
    }

    /// Returns the response of a login, second step or confirmation with these client data.
    pub fn assert(&self, client_data: &Value) -> Value {
        let client_data = client_data.to_string();
        let data = self.authenticator_data(0);
        let hash = digest(&SHA256, client_data.as_bytes());
        let signed = [&data[..], hash.as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": self.user_handle
        }))
    }

    fn credential(&self, response: &Value) -> Value {
        json!({
            "id": encoded(&self.id), "rawId": encoded(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": response
        })
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let claimed = [
            (self.is_user_present, USER_PRESENT),
            (self.is_user_verified, USER_VERIFIED),
            (self.is_backup_eligible, BACKUP_ELIGIBLE),
            (self.is_backed_up, BACKED_UP),
        ];
        let claimed = claimed.into_iter().filter(|(is_set, _)| *is_set);
        let flags = claimed.fold(flags, |flags, (_, flag)| flags | flag);
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
            x,
            &[0x22, 0x58, 0x20],
            y,
        ]
        .concat()
    }
}

/// Returns bytes in base64url.
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
