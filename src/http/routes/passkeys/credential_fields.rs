//! The parts that the options of all ceremonies share.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::credential::passkey::{Passkey, Transports};

/// The `type` of every credential.
pub(super) const PUBLIC_KEY: &str = "public-key";

/// A passkey that an authenticator may, or may not, have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyDescriptor)]
pub struct DescriptorResponse {
    /// `public-key`
    #[schema(example = "public-key")]
    r#type: &'static str,
    /// The credential id in base64url.
    #[schema(example = "-R85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkI")]
    id: String,
    /// The ways to reach the authenticator, as the browser reported them.
    #[serde(skip_serializing_if = "Transports::is_empty")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["internal", "hybrid"]))]
    transports: Transports,
}

impl From<&Passkey> for DescriptorResponse {
    fn from(passkey: &Passkey) -> Self {
        Self {
            r#type: PUBLIC_KEY,
            id: encoded(&passkey.credential_id),
            transports: passkey.transports.clone(),
        }
    }
}

/// Returns bytes in base64url without padding.
pub(super) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns a time in milliseconds, as browsers expect it.
pub(super) fn milliseconds(life: std::time::Duration) -> u64 {
    u64::try_from(life.as_millis()).unwrap_or(u64::MAX)
}
