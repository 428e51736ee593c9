//! The client data, which browsers write and authenticators sign (WebAuthn section 5.8.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::{PasskeyRejected, RelyingParty};

/// The members that are verified. Browsers may add others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    pub(super) fn parse(json: &[u8]) -> Result<Self, PasskeyRejected> {
        serde_json::from_slice(json).map_err(|_unreadable| PasskeyRejected::Malformed)
    }

    pub(super) fn verify(
        &self,
        r#type: &str,
        challenge: &[u8],
        relying_party: &RelyingParty,
    ) -> Result<(), PasskeyRejected> {
        if self.r#type != r#type {
            return Err(PasskeyRejected::Type);
        }
        if self.challenge != URL_SAFE_NO_PAD.encode(challenge) {
            return Err(PasskeyRejected::Challenge);
        }
        if !relying_party.accepts(&self.origin) {
            return Err(PasskeyRejected::Origin);
        }
        if self.cross_origin || self.top_origin.is_some() {
            return Err(PasskeyRejected::CrossOrigin);
        }
        Ok(())
    }
}
