//! `POST /admin/invitations`

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header::LOCATION, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::response::InvitationResponse;
use crate::{
    domain::{
        account::{email::Email, roles::Roles},
        credential::{invitation::Invitation, service_key::Scope},
        invalid::Invalid,
    },
    http::{
        admin::{
            codes::{WITH_BODY, WITH_KEY},
            users::fields,
        },
        extract::{
            json::{RequestBody, Valid},
            service_key::scoped::{self, InvitationsWrite, Scoped},
            validate,
        },
        openapi::error_responses::error_responses,
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{Invitees, NewInvitation, Service},
};

/// The life of an invitation that states none: seven days.
const USUAL_LIFE: u64 = 7 * 24 * 3_600;

/// The invitation to create.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = NewInvitation)]
pub struct NewInvitationBody {
    /// The only address that may sign up with it. The token is only mailed there, in the language
    /// of `Accept-Language`, and counts as the verification of the address.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
    /// At most 32 roles of the accounts that sign up with it. They need the scope `users:write`
    /// too.
    #[validate(custom(function = "fields::roles"))]
    #[schema(max_items = 32, example = json!(["editor"]))]
    roles: Option<Vec<String>>,
    /// The number of signups, 1 to 100,000; absent means 1. With `email`, it cannot be another.
    #[validate(custom(function = "accepted_uses"))]
    #[schema(minimum = 1, maximum = 100_000, example = 1)]
    uses: Option<i64>,
    /// The seconds for which it is valid, from five minutes to 400 days; absent means seven days.
    #[validate(custom(function = "accepted_life"))]
    #[schema(minimum = 300, maximum = 34_560_000, example = 604_800)]
    expires_in: Option<u64>,
}

fn accepted_uses(number: i64) -> Result<(), ValidationError> {
    let is_accepted = (1..=Invitation::MAX_USES).contains(&number);
    is_accepted
        .then_some(())
        .ok_or_else(|| validate::error(Invalid::InvalidValue))
}

fn accepted_life(seconds: u64) -> Result<(), ValidationError> {
    let is_accepted = Invitation::LIFE.contains(&Duration::from_secs(seconds));
    is_accepted
        .then_some(())
        .ok_or_else(|| validate::error(Invalid::InvalidValue))
}

/// The value of a valid body. The language of a mail is that of the request.
pub struct NewInvitationInput {
    email: Option<Email>,
    roles: Roles,
    uses: i64,
    life: Duration,
}

impl RequestBody for NewInvitationBody {
    type Value = NewInvitationInput;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let rejected = |field: &'static str| move |reason| FieldError::new(field, reason);
        let email = self.email.as_deref().map(Email::parse);
        let roles = self.roles.as_deref().map(fields::parse_roles);
        Ok(NewInvitationInput {
            email: email.transpose().map_err(rejected("email"))?,
            roles: roles
                .transpose()
                .map_err(rejected("roles"))?
                .unwrap_or_default(),
            uses: self.uses.unwrap_or(1),
            life: Duration::from_secs(self.expires_in.unwrap_or(USUAL_LIFE)),
        })
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let is_for_many = self.uses.is_some_and(|uses| uses > 1) && !is_rejected("uses");
        if is_for_many && self.email.is_some() {
            vec![FieldError::new("uses", Invalid::ConflictingField)]
        } else {
            Vec::new()
        }
    }
}

error_responses!(CreateInvitationErrors: WITH_KEY, WITH_BODY, &[ProblemCode::MailNotConfigured]);

/// Create an invitation
///
/// Creates an invitation to sign up. Its token is returned once, or with `email` only mailed. Needs
/// the scope `invitations:write`, and with `roles` also `users:write`.
#[utoipa::path(
    tag = "invitations",
    operation_id = "create_invitation",
    security(("service_key" = [])),
    request_body(content = NewInvitationBody, description = "The invitation to create."),
    responses(
        (status = 201, description = "The created invitation.", body = InvitationResponse,
         headers(("Location" = String, description = "The path of the invitation."))),
        CreateInvitationErrors
    )
)]
#[post("/admin/invitations")]
pub async fn create_invitation(
    request: HttpRequest,
    service: web::Data<Service>,
    scoped: Scoped<InvitationsWrite, Valid<NewInvitationBody>>,
) -> Result<HttpResponse, Problem> {
    let Scoped {
        by,
        rest: Valid(input),
        ..
    } = scoped;
    if !input.roles.joined().is_empty() {
        scoped::authenticate(&request, Scope::UsersWrite).await?;
    }
    let invitees = match input.email {
        Some(email) => Invitees::Mailbox(email, by.language()),
        None => Invitees::Holders(input.uses),
    };
    let new = NewInvitation {
        invitees,
        roles: input.roles,
        life: input.life,
    };
    let created = service.create_invitation(&by, new).await?;
    let location = format!("/admin/invitations/{}", created.invitation.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(InvitationResponse::from(&created)))
}
