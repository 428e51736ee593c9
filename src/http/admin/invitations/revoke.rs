//! `DELETE /admin/invitations/{id}`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        admin::{codes::WITH_KEY, path::InvitationInPath},
        extract::service_key::scoped::{InvitationsWrite, Scoped},
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::Service,
};

error_responses!(RevokeInvitationErrors: WITH_KEY, &[ProblemCode::InvitationNotFound]);

/// Revoke an invitation
///
/// Revokes an invitation, and withdraws its mail if that was not sent yet. Signups with it that
/// wait for their verification are not completed. Needs the scope `invitations:write`.
#[utoipa::path(
    tag = "invitations",
    operation_id = "revoke_invitation",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The invitation's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 204, description = "The invitation is revoked."), RevokeInvitationErrors)
)]
#[delete("/admin/invitations/{id}")]
pub async fn revoke_invitation(
    service: web::Data<Service>,
    scoped: Scoped<InvitationsWrite, InvitationInPath>,
) -> Result<HttpResponse, Problem> {
    let InvitationInPath(id) = scoped.rest;
    if service.revoke_invitation(&scoped.by, id).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::new(ProblemCode::InvitationNotFound))
    }
}
