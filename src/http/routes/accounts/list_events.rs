//! `GET /me/events`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{page::PageQuery, session::Authenticated},
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EventResponse,
    },
    service::{EventPage, Service},
};

/// A page of events, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Events)]
pub struct EventsResponse {
    /// At most `limit`.
    #[schema(max_items = 100)]
    events: Vec<EventResponse>,
    /// The cursor of the next page, valid for a day; `null` on the last page.
    #[schema(required = true, example = "q83vEjRWeJA")]
    next_cursor: Option<String>,
}

impl From<EventPage> for EventsResponse {
    fn from(page: EventPage) -> Self {
        Self {
            events: page.events.into_iter().map(EventResponse::from).collect(),
            next_cursor: page.next_cursor,
        }
    }
}

error_responses!(ListEventsErrors: error_responses::WITH_SESSION,
    &[ProblemCode::CursorInvalid, ProblemCode::ValidationFailed]);

/// List events
///
/// Returns the security events of the caller's account, the newest first: its logins, failed
/// attempts, sessions, and changes of its data and credentials. Events are kept for 90 days unless
/// the operator chose another time. New events do not shift the pages.
#[utoipa::path(
    tag = "me",
    operation_id = "list_events",
    security(("bearer" = []), ("cookie" = [])),
    params(
        ("limit" = Option<i64>, Query, description = "Events at most; absent means 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before; absent for the first page.")
    ),
    responses((status = 200, description = "The events.", body = EventsResponse), ListEventsErrors)
)]
#[get("/me/events")]
pub async fn list_events(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
    PageQuery(page): PageQuery,
) -> Result<HttpResponse, Problem> {
    let page = service.list_own_events(&caller, page).await?;
    Ok(HttpResponse::Ok().json(EventsResponse::from(page)))
}
