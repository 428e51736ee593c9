//! The options for `navigator.credentials.get()`.

use serde::Serialize;
use utoipa::ToSchema;

use super::credential_fields::{DescriptorResponse, encoded, milliseconds};
use crate::service::AssertionOptions;

/// A ceremony in which a passkey signs, and its options for the browser.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyAssertionOptions)]
pub struct AssertionOptionsResponse {
    /// The token of the ceremony. Return it with the credential, within five minutes.
    #[schema(
        min_length = 100,
        max_length = 100,
        example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ"
    )]
    ceremony: String,
    options: RequestOptionsResponse,
}

/// `PublicKeyCredentialRequestOptionsJSON` of WebAuthn Level 3, for `parseRequestOptionsFromJSON`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyRequestOptions)]
pub struct RequestOptionsResponse {
    /// The challenge in base64url.
    #[schema(example = "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag")]
    challenge: String,
    /// The time for the ceremony in milliseconds.
    #[schema(example = 300_000)]
    timeout: u64,
    /// The domain that the passkeys belong to.
    #[schema(example = "example.com")]
    rp_id: String,
    /// The passkeys that may sign. Empty: every discoverable passkey of the domain.
    allow_credentials: Vec<DescriptorResponse>,
    /// `required` if the authenticator must verify its user, by a PIN or by biometrics; else
    /// `discouraged`.
    #[schema(example = "required")]
    user_verification: &'static str,
}

impl From<AssertionOptions> for AssertionOptionsResponse {
    fn from(options: AssertionOptions) -> Self {
        let AssertionOptions {
            rp_id,
            ceremony,
            allowed,
            needs_verified_user,
        } = options;
        Self {
            options: RequestOptionsResponse {
                challenge: encoded(&ceremony.challenge),
                timeout: milliseconds(ceremony.life),
                rp_id,
                allow_credentials: allowed.iter().map(DescriptorResponse::from).collect(),
                user_verification: if needs_verified_user {
                    "required"
                } else {
                    "discouraged"
                },
            },
            ceremony: ceremony.token,
        }
    }
}
