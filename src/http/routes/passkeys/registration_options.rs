//! `POST /me/passkeys/options`

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::credential_fields::{DescriptorResponse, PUBLIC_KEY, encoded, milliseconds};
use crate::{
    http::{
        extract::session::confirmed::ConfirmedJson,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EmptyBody,
    },
    service::{PASSKEY_ALGORITHMS, RegistrationOptions, Service},
};

/// A ceremony that creates a passkey, and its options for the browser.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyRegistrationOptions)]
pub struct RegistrationOptionsResponse {
    /// The token of the ceremony. Return it with the credential, within five minutes.
    #[schema(
        min_length = 100,
        max_length = 100,
        example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ"
    )]
    ceremony: String,
    options: CreationOptionsResponse,
}

/// `PublicKeyCredentialCreationOptionsJSON` of WebAuthn Level 3, for
/// `parseCreationOptionsFromJSON`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyCreationOptions)]
pub struct CreationOptionsResponse {
    rp: RelyingPartyResponse,
    user: PasskeyUserResponse,
    /// The challenge in base64url.
    #[schema(example = "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag")]
    challenge: String,
    /// The supported algorithms, the preferred one first.
    pub_key_cred_params: Vec<AlgorithmResponse>,
    /// The time for the ceremony in milliseconds.
    #[schema(example = 300_000)]
    timeout: u64,
    /// The account's passkeys. An authenticator that has one of them creates no other.
    exclude_credentials: Vec<DescriptorResponse>,
    authenticator_selection: AuthenticatorSelectionResponse,
    /// `none`
    #[schema(example = "none")]
    attestation: &'static str,
    extensions: ExtensionsResponse,
}

/// The service, as authenticators show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyRelyingParty)]
pub struct RelyingPartyResponse {
    /// The domain that the passkey will belong to.
    #[schema(example = "example.com")]
    id: String,
    /// The name of the app.
    #[schema(example = "Example")]
    name: String,
}

/// The account, as authenticators show it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyUser)]
pub struct PasskeyUserResponse {
    /// The user handle in base64url: random, and the same for every passkey of the account.
    #[schema(example = "c2FtcGxlLXVzZXItaGFuZGxlLW9mLTMyLWJ5dGVzLi4")]
    id: String,
    /// The username.
    #[schema(example = "Minji")]
    name: String,
    /// The display name, or the username.
    #[schema(example = "Kim Minji")]
    display_name: String,
}

/// A supported algorithm.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyAlgorithm)]
pub struct AlgorithmResponse {
    /// `public-key`
    #[schema(example = "public-key")]
    r#type: &'static str,
    /// The COSE algorithm: -7 (ES256), -8 (`EdDSA`) or -257 (RS256).
    #[schema(example = -7)]
    alg: i64,
}

/// The kind of passkey that is preferred.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthenticatorSelection)]
pub struct AuthenticatorSelectionResponse {
    /// `preferred`: a discoverable passkey can log in without a username.
    #[schema(example = "preferred")]
    resident_key: &'static str,
    /// `preferred`: a passkey that verifies its user can log in without a password.
    #[schema(example = "preferred")]
    user_verification: &'static str,
}

/// The requested extensions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyExtensions)]
pub struct ExtensionsResponse {
    /// `true`: the browser reports whether the passkey is discoverable.
    #[schema(example = true)]
    cred_props: bool,
}

impl From<RegistrationOptions> for RegistrationOptionsResponse {
    fn from(options: RegistrationOptions) -> Self {
        let RegistrationOptions {
            relying_party,
            ceremony,
            owner,
            user_handle,
            registered,
        } = options;
        let username = owner.username.as_str();
        let display_name = owner.attributes.display_name.as_ref();
        Self {
            options: CreationOptionsResponse {
                rp: RelyingPartyResponse {
                    id: relying_party.id,
                    name: relying_party.name,
                },
                user: PasskeyUserResponse {
                    id: encoded(&user_handle),
                    name: username.to_owned(),
                    display_name: display_name
                        .map_or(username, |name| name.as_str())
                        .to_owned(),
                },
                challenge: encoded(&ceremony.challenge),
                pub_key_cred_params: PASSKEY_ALGORITHMS.map(algorithm).into(),
                timeout: milliseconds(ceremony.life),
                exclude_credentials: registered.iter().map(DescriptorResponse::from).collect(),
                authenticator_selection: AuthenticatorSelectionResponse {
                    resident_key: "preferred",
                    user_verification: "preferred",
                },
                attestation: "none",
                extensions: ExtensionsResponse { cred_props: true },
            },
            ceremony: ceremony.token,
        }
    }
}

const fn algorithm(alg: i64) -> AlgorithmResponse {
    AlgorithmResponse {
        r#type: PUBLIC_KEY,
        alg,
    }
}

error_responses!(PasskeyRegistrationOptionsErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::PasskeyLimitReached, ProblemCode::PasskeysNotConfigured],
);

/// Get options for a new passkey
///
/// Starts the registration of a passkey. Pass `options` to the browser with
/// `parseCreationOptionsFromJSON` and `navigator.credentials.create()`, and send the result with
/// `ceremony` to `POST /me/passkeys` in the same session. An account can have 20 passkeys. The
/// session has to be confirmed: see `POST /me/confirm`.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "create_passkey_options",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = EmptyBody, description = "An empty object."),
    responses(
        (status = 200, description = "The ceremony and its options.", body = RegistrationOptionsResponse),
        PasskeyRegistrationOptionsErrors
    )
)]
#[post("/me/passkeys/options")]
pub async fn create_passkey_options(
    service: web::Data<Service>,
    ConfirmedJson(caller, ()): ConfirmedJson<EmptyBody>,
) -> Result<HttpResponse, Problem> {
    let options = service.passkey_registration_options(&caller).await?;
    Ok(HttpResponse::Ok().json(RegistrationOptionsResponse::from(options)))
}
