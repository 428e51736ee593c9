//! The responses as browsers serialize them: `PublicKeyCredential.toJSON()` (WebAuthn section
//! 5.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::PasskeyRejected;
use crate::domain::credential::passkey::Transports;

/// The response of a registration.
pub struct RegistrationResponse {
    pub(super) id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    pub(super) attestation_object: Vec<u8>,
    pub(super) transports: Transports,
}

/// The response of a login, second step or confirmation.
pub struct AssertionResponse {
    /// The id of the passkey.
    pub id: Vec<u8>,
    /// The user handle of the account, which discoverable passkeys return.
    pub user_handle: Option<Vec<u8>>,
    pub(super) client_data: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl RegistrationResponse {
    /// Parses a response.
    pub fn parse(credential: &Value) -> Result<Self, PasskeyRejected> {
        let (id, response) = parse::<Attestation>(credential)?;
        Ok(Self {
            id,
            client_data: response.client_data.0,
            attestation_object: response.object.0,
            transports: Transports::of(response.transports.iter().flatten().map(String::as_str)),
        })
    }
}

impl AssertionResponse {
    /// Parses a response.
    pub fn parse(credential: &Value) -> Result<Self, PasskeyRejected> {
        let (id, response) = parse::<AssertionMembers>(credential)?;
        Ok(Self {
            id,
            user_handle: response.user_handle.map(|handle| handle.0),
            client_data: response.client_data.0,
            authenticator_data: response.authenticator_data.0,
            signature: response.signature.0,
        })
    }
}

/// Returns the id of a credential and its response.
fn parse<'a, R: Deserialize<'a>>(credential: &'a Value) -> Result<(Vec<u8>, R), PasskeyRejected> {
    let credential =
        Credential::<R>::deserialize(credential).map_err(|_wrong| PasskeyRejected::Malformed)?;
    if credential.r#type == "public-key" && credential.id.0 == credential.raw_id.0 {
        Ok((credential.id.0, credential.response))
    } else {
        Err(PasskeyRejected::Malformed)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential<R> {
    id: Base64Url,
    raw_id: Base64Url,
    r#type: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    #[serde(rename = "attestationObject")]
    object: Base64Url,
    transports: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionMembers {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    authenticator_data: Base64Url,
    signature: Base64Url,
    user_handle: Option<Base64Url>,
}

/// Bytes in base64url (RFC 4648 section 5) without padding.
struct Base64Url(Vec<u8>);

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        URL_SAFE_NO_PAD
            .decode(text)
            .map(Self)
            .map_err(D::Error::custom)
    }
}
