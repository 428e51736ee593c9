//! `POST /admin/users`

use actix_web::{HttpRequest, HttpResponse, http::header::LOCATION, post, web};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{fields, response::AdminUserResponse};
use crate::{
    domain::{
        account::{
            display_name::DisplayName, email::Email, external_id::ExternalId, username::Username,
        },
        credential::password::NewPassword,
    },
    http::{
        admin::codes::{WITH_BODY, WITH_KEY},
        extract::{
            draft::PasswordDraft,
            free_object::FreeObject,
            idempotency_key::{self, BodyHash},
            json::{RequestBody, Valid},
            service_key::scoped::{Scoped, UsersWrite},
            validate,
        },
        openapi::error_responses::error_responses,
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{AccountName, Administrator, FirstPassword, NewAccount, Service},
};

/// The account to create.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[validate(schema(function = "equals_identity", skip_on_field_errors = false))]
#[schema(as = NewUser)]
pub struct NewUserBody {
    /// The username, with the same rules as at signup.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji")]
    username: String,
    /// One email address. The lists of allowed and denied domains do not apply.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
    /// The password, with the same rules as at signup. Without one and without a hash, the owner
    /// gets a mail to choose it within seven days.
    #[serde(serialize_with = "presence")]
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Correct-Horse-7-battery"
    )]
    password: Option<String>,
    /// A hash of the password by another system, instead of `password`: bcrypt, Argon2, scrypt,
    /// PBKDF2, and the forms of Django, Werkzeug, better-auth, Firebase and Devise. The first login
    /// replaces it.
    #[serde(serialize_with = "presence")]
    #[schema(max_length = 512, example = json!(null))]
    password_hash: Option<String>,
    /// `true` if the address needs no verification. Absent means `false`.
    email_verified: Option<bool>,
    /// `true` to disable the account from the beginning. Absent means `false`.
    disabled: Option<bool>,
    /// The name to show.
    #[validate(custom(function = "validate::display_name"))]
    #[schema(min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Option<String>,
    /// At most 32 roles.
    #[validate(custom(function = "fields::roles"))]
    #[schema(max_items = 32, example = json!(["editor"]))]
    roles: Option<Vec<String>>,
    /// Your data about the account: any JSON object of at most 4 KiB and 8 levels.
    #[validate(custom(function = "validate::free_object"))]
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "plan": "pro" }))]
    metadata: Option<FreeObject>,
    /// The id of the account in another system: 1 to 255 visible ASCII characters, compared as
    /// bytes. No two accounts share one.
    #[validate(custom(function = "fields::external_id"))]
    #[schema(min_length = 1, max_length = 255, example = "crm-1842")]
    external_id: Option<String>,
}

/// The value of a valid body.
pub struct NewUserInput {
    account: NewAccount,
    body_hash: BodyHash,
}

impl RequestBody for NewUserBody {
    type Value = NewUserInput;
    const WHOLE: &'static str = "password";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        let rejected = |field: &'static str| move |reason| FieldError::new(field, reason);
        let body_hash = self.hash_without_password();
        let username = Username::parse(&self.username).map_err(rejected("username"))?;
        let email = Email::parse(&self.email).map_err(rejected("email"))?;
        let password = match (&self.password, &self.password_hash) {
            (Some(password), _) => FirstPassword::Given(
                NewPassword::parse(password, rules.password_min).map_err(rejected("password"))?,
            ),
            (None, Some(hash)) => FirstPassword::Hashed(hash.clone()),
            (None, None) => FirstPassword::Mailed,
        };
        let display_name = self.display_name.as_deref().map(DisplayName::parse);
        let listed = self.roles.as_deref().map(fields::parse_roles);
        let metadata = self.metadata.as_ref().map(FreeObject::parse);
        let external_id = self.external_id.as_deref().map(ExternalId::parse);
        let account = NewAccount {
            email_verified: self.email_verified.unwrap_or_default(),
            disabled: self.disabled.unwrap_or_default(),
            display_name: display_name.transpose().map_err(rejected("display_name"))?,
            roles: listed
                .transpose()
                .map_err(rejected("roles"))?
                .unwrap_or_default(),
            metadata: metadata
                .transpose()
                .map_err(rejected("metadata"))?
                .unwrap_or_default(),
            external_id: external_id.transpose().map_err(rejected("external_id"))?,
            ..NewAccount::new(username, email, password)
        };
        Ok(NewUserInput { account, body_hash })
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let password = self
            .password
            .as_deref()
            .filter(|_| !is_rejected("password"));
        fields::exclude_hash(password, self.password_hash.as_deref())
    }

    fn draft(&self, rules: &Rules) -> Option<PasswordDraft> {
        let username = Username::parse(&self.username).ok();
        let email = Email::parse(&self.email).ok();
        let password = NewPassword::parse(self.password.as_deref()?, rules.password_min).ok()?;
        Some(PasswordDraft::of_sign_up(
            password,
            username.as_ref(),
            email.as_ref(),
        ))
    }
}

impl NewUserBody {
    /// Returns the digest of the members in which a retry must be equal. The password is not
    /// included, because the digest would be a fast hash of a secret.
    fn hash_without_password(&self) -> BodyHash {
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }
}

/// Serializes whether the password is there, and nothing of it.
#[expect(clippy::ref_option, reason = "serde passes the field as it is")]
fn presence<S: Serializer>(password: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(password.is_some())
}

fn equals_identity(body: &NewUserBody) -> Result<(), ValidationError> {
    let password = body.password.as_deref();
    let password = password.and_then(|password| NewPassword::parse(password, 0).ok());
    let reason = password
        .and_then(|password| password.equals_identity(body.username.trim(), body.email.trim()));
    reason.map_or(Ok(()), |reason| Err(validate::error(reason)))
}

error_responses!(CreateUserErrors: WITH_KEY, WITH_BODY,
    &[ProblemCode::UsernameTaken, ProblemCode::EmailTaken, ProblemCode::ExternalIdTaken,
      ProblemCode::IdempotencyKeyReused, ProblemCode::MailNotConfigured, ProblemCode::Overloaded],
);

/// Create a user
///
/// Creates an account without a session. Without `password` and `password_hash`, the owner gets a
/// mail with a link to choose one, in the language of `Accept-Language`. With an `Idempotency-Key`,
/// a retry with the same body returns the account as it is now. Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "create_user",
    security(("service_key" = [])),
    params((
        "Idempotency-Key" = Option<String>, Header, nullable = false,
        description = "Any 16 to 255 visible ASCII characters, kept for 24 hours for each service key.",
        min_length = 16, max_length = 255, pattern = "^[!-~]+$"
    )),
    request_body(content = NewUserBody, description = "The account to create."),
    responses(
        (status = 201, description = "The created account.", body = AdminUserResponse,
         headers(("Location" = String, description = "The path of the account."))),
        CreateUserErrors
    )
)]
#[post("/admin/users")]
pub async fn create_user(
    request: HttpRequest,
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, Result<Valid<NewUserBody>, Problem>>,
) -> Result<HttpResponse, Problem> {
    let Scoped { by, rest, .. } = scoped;
    let (Valid(input), key) = idempotency_key::read_beside(&request, rest)?;
    let NewUserInput {
        mut account,
        body_hash,
    } = input;
    if let (Some(key), Administrator::Service { name, .. }) = (key, &by) {
        account.key = Some(key.of_service(name).with_body(body_hash));
    }
    let id = service.create_account(&by, account).await?;
    let created = service.show_account(&AccountName::Id(id)).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/admin/users/{id}")))
        .json(AdminUserResponse::from(&created)))
}
