//! `GET /admin/invitations`

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::response::InvitationResponse;
use crate::{
    http::{
        admin::codes::{WITH_KEY, WITH_PAGES},
        extract::{
            page::QueryReader,
            service_key::scoped::{InvitationsWrite, Scoped},
        },
        openapi::error_responses::error_responses,
        problem::Problem,
    },
    service::{InvitationList, Page, Service},
};

/// The page of a list of invitations.
#[derive(Debug)]
pub struct InvitationsQuery(Page);

impl FromRequest for InvitationsQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let mut query = QueryReader::of(request.query_string());
        let page = query.page();
        query.reject_unknown();
        ready(query.checked().map(|()| Self(page)))
    }
}

/// A page of invitations, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitations)]
pub struct InvitationsResponse {
    /// At most `limit`.
    #[schema(max_items = 100)]
    invitations: Vec<InvitationResponse>,
    /// The cursor of the next page, valid for a day; `null` on the last page.
    #[schema(required = true, example = "q83vEjRWeJA")]
    next_cursor: Option<String>,
}

impl From<InvitationList> for InvitationsResponse {
    fn from(list: InvitationList) -> Self {
        let invitations = list.invitations.iter();
        let response = |(invitation, state): &(_, _)| InvitationResponse::new(invitation, *state);
        Self {
            invitations: invitations.map(response).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

error_responses!(ListInvitationsErrors: WITH_KEY, WITH_PAGES);

/// List invitations
///
/// Returns the invitations, the oldest first, until 30 days after their expiry. Needs the scope
/// `invitations:write`.
#[utoipa::path(
    tag = "invitations",
    operation_id = "list_invitations",
    security(("service_key" = [])),
    params(
        ("limit" = Option<i64>, Query, description = "Invitations at most; absent means 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before; absent for the first page.")
    ),
    responses((status = 200, description = "The invitations.", body = InvitationsResponse), ListInvitationsErrors)
)]
#[get("/admin/invitations")]
pub async fn list_invitations(
    service: web::Data<Service>,
    scoped: Scoped<InvitationsWrite, (), InvitationsQuery>,
) -> Result<HttpResponse, Problem> {
    let list = service.list_invitation_page(scoped.query.0).await?;
    Ok(HttpResponse::Ok().json(InvitationsResponse::from(list)))
}
