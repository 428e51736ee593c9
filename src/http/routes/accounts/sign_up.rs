//! `POST /signup`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    domain::{
        account::{email::Email, username::Username},
        credential::password::NewPassword,
        invalid::Invalid,
    },
    http::{
        extract::{
            draft::Draft,
            json::{Body, Valid},
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, failures},
        problem::{FieldError, Problem, code::Code},
        routes::{
            models::{AcceptedView, LoggedInView},
            sessions::responder::{Doorway, Transport},
        },
        settings::Rules,
    },
    service::{IdempotencyKey, Service, SignUp, SignedUp},
};

/// What a sign-up needs.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[validate(schema(function = "equals_identity", skip_on_field_errors = false))]
#[schema(as = SignUp)]
pub struct SignUpBody {
    /// Letters, marks and digits of any script, with `.`, `_` and `-` inside. Names that differ only in case or width
    /// count as one.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji")]
    username: String,
    /// One address. Upper and lower case count as one.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
    /// Any characters but NUL, counted as code points after NFC. Rejected when it is common, or equal to the username, the
    /// email or its local part. Never truncated.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Correct-Horse-7-battery"
    )]
    password: String,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90 days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    /// How the session is returned.
    #[schema(schema_with = Transport::schema, required = false)]
    transport: Option<Transport>,
    /// The solution of a challenge from `GET /captcha`, after `captcha_required`. An empty string means absent.
    #[schema(example = "")]
    captcha: Option<String>,
}

/// A sign-up whose every field is valid.
pub struct Wanted {
    username: Username,
    email: Email,
    password: NewPassword,
    remember: bool,
    transport: Transport,
    captcha: Option<String>,
    body_hash: [u8; 32],
}

impl Body for SignUpBody {
    type Value = Wanted;
    const WHOLE: &'static str = "password";

    fn value(self, rules: &Rules) -> Result<Wanted, FieldError> {
        let body_hash = self.hash_without_password();
        Ok(Wanted {
            username: Username::parse(&self.username)
                .map_err(|reason| FieldError::new("username", reason))?,
            email: Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))?,
            password: NewPassword::parse(&self.password, rules.password_min)
                .map_err(|reason| FieldError::new("password", reason))?,
            remember: self.remember.unwrap_or_default(),
            transport: self.transport.unwrap_or_default(),
            captcha: self.captcha,
            body_hash,
        })
    }

    fn draft(&self, rules: &Rules) -> Option<Draft> {
        let username = Username::parse(&self.username).ok();
        let email = Email::parse(&self.email).ok();
        Some(Draft {
            field: "password",
            password: NewPassword::parse(&self.password, rules.password_min).ok()?,
            username: username.map_or_else(String::new, |name| name.as_str().to_owned()),
            email: email.map_or_else(String::new, |email| email.as_str().to_owned()),
        })
    }
}

impl Wanted {
    fn draft(&self) -> Draft {
        Draft {
            field: "password",
            password: self.password.clone(),
            username: self.username.as_str().to_owned(),
            email: self.email.as_str().to_owned(),
        }
    }
}

impl SignUpBody {
    /// What a repetition must be equal in. The password is not part of it: its digest would be a fast hash of a secret.
    /// Nor is the proof of work: a repeat brings another.
    fn hash_without_password(&self) -> [u8; 32] {
        #[derive(Serialize)]
        struct Rest<'a>(&'a str, &'a str, bool, Transport);
        let rest = Rest(
            self.username.trim(),
            self.email.trim(),
            self.remember.unwrap_or_default(),
            self.transport.unwrap_or_default(),
        );
        Sha256::digest(serde_json::to_vec(&rest).unwrap_or_default()).into()
    }
}

fn equals_identity(body: &SignUpBody) -> Result<(), ValidationError> {
    let refusal = NewPassword::parse(&body.password, 0)
        .ok()
        .and_then(|password| password.equals_identity(body.username.trim(), body.email.trim()));
    refusal.map_or(Ok(()), |reason| Err(validate::refused(reason)))
}

failures!(SignUpFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[Code::InsecureTransport, Code::CrossSiteCookie, Code::UsernameTaken, Code::EmailTaken, Code::IdempotencyKeyReused,
      Code::CaptchaRequired, Code::CaptchaInvalid, Code::TooManyRequests,
      Code::Overloaded, Code::DatabaseUnavailable],
);

/// Sign up
///
/// Makes an account and opens its first session. Anyone may call it; it costs one password hash.
///
/// With an `Idempotency-Key`, a request whose response got lost can be sent again: a repeat with the same body and the right
/// password is a login to the account that the first one created, with a new session. It needs a proof of work where a login would.
///
/// With `DAEMUN_EMAIL_VERIFICATION=required` nothing is opened: the answer is 202, the user name is kept for 24 hours, and
/// `remember`, `transport` and the key have no effect.
#[utoipa::path(
    tag = "accounts",
    operation_id = "sign_up",
    request_body(content = SignUpBody, description = "The account to make and how to hand its session over."),
    params((
        "Idempotency-Key" = Option<String>, Header, nullable = false,
        description = "Any 16 to 255 visible ASCII characters, new for each sign-up, such as a UUID; remembered for 24 hours.",
        min_length = 16, max_length = 255, pattern = "^[!-~]+$"
    )),
    responses(
        (status = 201, description = "The account exists: it is on the disk.", body = LoggedInView,
         headers(
            ("Location" = String, description = "`/me`"),
            ("Set-Cookie" = String, description = "The session's cookie and the device's, with `transport: \"cookie\"`."),
            ("RateLimit-Policy" = String, description = "The limit, such as `\"sign-up\";q=20;w=60`."),
            ("RateLimit" = String, description = "What is left of it, such as `\"sign-up\";r=19;t=3`.")
         )),
        (status = 202, description = "Where a verified address is required: a mail is on its way, and the account exists once \
         `POST /email/verify` proves that it is read. The same answer whether the address has an account already or not.",
         body = AcceptedView),
        SignUpFailures
    )
)]
#[post("/signup", wrap = "from_fn(rate_limit::sign_ups)")]
pub async fn sign_up(
    request: HttpRequest,
    service: web::Data<Service>,
    doorway: Doorway,
    body: Result<Valid<SignUpBody>, Problem>,
) -> Result<HttpResponse, Problem> {
    let (wanted, key) = together(&request, body).await?;
    let opening = doorway.opening(wanted.transport, wanted.remember)?;
    let Wanted {
        username,
        email,
        password,
        captcha,
        ..
    } = wanted;
    let signed_up = service
        .sign_up(SignUp {
            username,
            email,
            password,
            opening,
            key,
            captcha,
        })
        .await?;
    Ok(match signed_up {
        SignedUp::Opened(opened) => doorway.answer(StatusCode::CREATED, wanted.transport, &opened),
        SignedUp::Waits => HttpResponse::Accepted().json(AcceptedView::VERIFICATION_REQUIRED),
    })
}

/// The body and the key, or every refusal of both.
async fn together(
    request: &HttpRequest,
    body: Result<Valid<SignUpBody>, Problem>,
) -> Result<(Wanted, Option<IdempotencyKey>), Problem> {
    match (body, key_hash(request)) {
        (Ok(Valid(wanted)), Ok(key_hash)) => {
            let body_hash = wanted.body_hash;
            let key = key_hash.map(|key_hash| IdempotencyKey {
                key_hash,
                body_hash,
            });
            Ok((wanted, key))
        }
        (Ok(Valid(wanted)), Err(refused)) => {
            let password = wanted.draft().refusal(request).await;
            let errors = password.into_iter().chain([refused]).collect();
            Err(Problem::validation(errors))
        }
        (Err(mut problem), Err(refused)) if problem.code == Code::ValidationFailed => {
            problem.errors.push(refused);
            Err(problem)
        }
        (Err(problem), _) => Err(problem),
    }
}

fn key_hash(request: &HttpRequest) -> Result<Option<[u8; 32]>, FieldError> {
    let mut lines = request.headers().get_all(validate::IDEMPOTENCY_KEY);
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let valid = match lines.next() {
        None => validate::idempotency_key(line.as_bytes()),
        Some(_second) => Err(Invalid::DuplicateField),
    };
    valid.map_err(|reason| FieldError::new(validate::IDEMPOTENCY_KEY, reason))?;
    Ok(Some(Sha256::digest(line.as_bytes()).into()))
}
