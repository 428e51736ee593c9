//! `POST /signup`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{
    sign_up_digest::{self, AddedMembers},
    sign_up_input::{self, SignUpInput},
    sign_up_policy,
};
use crate::{
    domain::{
        account::{display_name::DisplayName, email::Email, username::Username},
        credential::password::NewPassword,
        session::transport::SessionTransport,
    },
    http::{
        extract::{
            draft::PasswordDraft,
            free_object::FreeObject,
            idempotency_key::BodyHash,
            json::{RequestBody, Valid},
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            models::AcceptedResponse,
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{Service, SignUp, SignedUp},
};

/// The account to create, and how to return its session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[validate(schema(function = "equals_identity", skip_on_field_errors = false))]
#[schema(as = SignUp)]
pub struct SignUpBody {
    /// Letters, marks and digits of any script, with `.`, `_` and `-` inside. Names that differ
    /// only in case or width are equal.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji")]
    username: String,
    /// One email address. Addresses that differ only in case are equal.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
    /// Any characters but NUL, counted as code points after NFC. Rejected when it is common, or
    /// equal to the username, the email or its local part. Never truncated.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Correct-Horse-7-battery"
    )]
    password: String,
    /// The name to show, which need not be unique. White space around it is removed.
    #[validate(custom(function = "validate::display_name"))]
    #[schema(min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Option<String>,
    /// Your app's own data about the user: any JSON object of at most 4 KiB and 8 levels.
    #[validate(custom(function = "validate::free_object"))]
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "theme": "dark" }))]
    profile: Option<FreeObject>,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90
    /// days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    #[schema(schema_with = SessionTransport::schema, required = false)]
    transport: Option<SessionTransport>,
    /// The solution of a challenge from `GET /captcha`, after `captcha_required`. An empty string
    /// means absent.
    #[schema(example = "")]
    captcha: Option<String>,
    /// The token of an invitation. It is required if `GET /config` has `sign_up: "invited"`. An
    /// empty string means absent.
    #[schema(example = "")]
    invitation: Option<String>,
}

impl RequestBody for SignUpBody {
    type Value = SignUpInput;
    const WHOLE: &'static str = "password";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        let body_hash = self.hash_without_password();
        let session = SessionFields {
            transport: self.transport,
            remember: self.remember,
            device_token: None,
        };
        let rejected = self.rejected_by_policy(rules, &|_field| false);
        let input = SignUp {
            username: Username::parse(&self.username)
                .map_err(|reason| FieldError::new("username", reason))?,
            email: Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))?,
            password: NewPassword::parse(&self.password, rules.password_min)
                .map_err(|reason| FieldError::new("password", reason))?,
            display_name: (self
                .display_name
                .as_deref()
                .map(DisplayName::parse)
                .transpose())
            .map_err(|reason| FieldError::new("display_name", reason))?,
            profile: (self.profile.as_ref().map(FreeObject::parse).transpose())
                .map_err(|reason| FieldError::new("profile", reason))?
                .unwrap_or_default(),
            invitation: sign_up_policy::invitation(self.invitation.as_deref()),
            opening: session.request(),
            key: None,
            captcha: self.captcha,
        };
        Ok(SignUpInput {
            sign_up: input,
            transport: self.transport.unwrap_or_default(),
            body_hash,
            rejected,
        })
    }

    fn rejected_by_policy(
        &self,
        rules: &Rules,
        is_rejected: &dyn Fn(&str) -> bool,
    ) -> Vec<FieldError> {
        let invitation = self.invitation.as_deref();
        sign_up_policy::rejections(&self.email, invitation, rules, is_rejected)
    }

    fn draft(&self, rules: &Rules) -> Option<PasswordDraft> {
        let username = Username::parse(&self.username).ok();
        let email = Email::parse(&self.email).ok();
        let password = NewPassword::parse(&self.password, rules.password_min).ok()?;
        Some(PasswordDraft::of_sign_up(
            password,
            username.as_ref(),
            email.as_ref(),
        ))
    }
}

impl SignUpBody {
    /// Returns the digest of the members in which a retry must be equal. The password is not
    /// included, because the digest would be a fast hash of a secret. The proof of work is not
    /// included, because a retry has another one.
    fn hash_without_password(&self) -> BodyHash {
        let first = (
            self.username.trim(),
            self.email.trim(),
            self.remember.unwrap_or_default(),
            self.transport.unwrap_or_default(),
        );
        sign_up_digest::body_hash(
            &first,
            &AddedMembers {
                display_name: self.display_name.as_deref().map(str::trim),
                profile: self.profile.as_ref(),
                invitation: sign_up_policy::invitation(self.invitation.as_deref()),
            },
        )
    }
}

fn equals_identity(body: &SignUpBody) -> Result<(), ValidationError> {
    let reason = NewPassword::parse(&body.password, 0)
        .ok()
        .and_then(|password| password.equals_identity(body.username.trim(), body.email.trim()));
    reason.map_or(Ok(()), |reason| Err(validate::error(reason)))
}

error_responses!(SignUpErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::SecondFactorRequired, ProblemCode::CrossSiteCookie, ProblemCode::UsernameTaken, ProblemCode::EmailTaken,
      ProblemCode::IdempotencyKeyReused, ProblemCode::SignUpClosed, ProblemCode::InvitationInvalid, ProblemCode::CaptchaRequired, ProblemCode::CaptchaInvalid,
      ProblemCode::TooManyRequests, ProblemCode::Overloaded, ProblemCode::DatabaseUnavailable],
);

/// Sign up
///
/// Creates an account and its first session. No authentication is needed. The request computes one
/// password hash.
///
/// With an `Idempotency-Key`, a request whose response was lost can be retried. A retry with the
/// same body and the correct password logs in to the account that the first request created, and
/// creates a new session. It needs a proof of work if a login would need one.
///
/// With `DAEMUN_EMAIL_VERIFICATION=required`, no account and no session are created yet. The
/// response is 202, the username is reserved for 24 hours, and `remember`, `transport` and the key
/// have no effect.
///
/// `DAEMUN_SIGN_UP` decides who may sign up. A signup with a mailed `invitation` has a verified
/// email, so its response is 201 in every mode.
#[utoipa::path(
    tag = "accounts",
    operation_id = "sign_up",
    request_body(content = SignUpBody, description = "The account to create, and how to return its session."),
    params((
        "Idempotency-Key" = Option<String>, Header, nullable = false,
        description = "Any 16 to 255 visible ASCII characters, new for each signup, such as a UUID. Remembered for 24 hours.",
        min_length = 16, max_length = 255, pattern = "^[!-~]+$"
    )),
    responses(
        (status = 201, description = "The account is created and fsynced to disk.", body = LoginResponse,
         headers(
            ("Location" = String, description = "`/me`"),
            ("Set-Cookie" = String, description = "The session cookie and the device cookie, with `transport: \"cookie\"`."),
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"sign-up\";q=20;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"sign-up\";r=19;t=3`.")
         )),
        (status = 202, description = "Returned if `DAEMUN_EMAIL_VERIFICATION` is `required`. A mail is on its way. `POST /email/verify` with its code or \
         link creates the account. The response is the same whether the address already has an account or not.",
         body = AcceptedResponse),
        SignUpErrors
    )
)]
#[post("/signup", wrap = "from_fn(rate_limit::sign_ups)")]
pub async fn sign_up(
    request: HttpRequest,
    service: web::Data<Service>,
    responder: SessionResponder,
    body: Result<Valid<SignUpBody>, Problem>,
) -> Result<HttpResponse, Problem> {
    let body = body.map(|Valid(input)| input);
    let (mut input, transport) = sign_up_input::merge(&request, body).await?;
    input.opening = responder.complete(input.opening, transport)?;
    Ok(match service.sign_up(input).await? {
        SignedUp::Opened(new) => responder.respond(StatusCode::CREATED, transport, &new),
        SignedUp::Waits => HttpResponse::Accepted().json(AcceptedResponse::VERIFICATION_REQUIRED),
    })
}
