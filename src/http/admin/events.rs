//! `GET /admin/events`

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::{WITH_KEY, WITH_PAGES};
use crate::{
    domain::{
        account::ids::UserId,
        event::{EventQuery, EventType},
        invalid::Invalid,
        timestamp::Timestamp,
    },
    http::{
        extract::{
            page::QueryReader,
            service_key::scoped::{EventsRead, Scoped},
        },
        openapi::error_responses::error_responses,
        problem::Problem,
        routes::models::EventResponse,
    },
    service::{EventPage, Page, Service},
};

/// The conditions of a list of events.
#[derive(Debug)]
pub struct EventsQuery(EventQuery, Page);

impl FromRequest for EventsQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let mut query = QueryReader::of(request.query_string());
        let time = |text: &str| Timestamp::parse(text).ok_or(Invalid::InvalidValue);
        let conditions = EventQuery {
            user: query.single("user", |text| {
                UserId::parse(text).ok_or(Invalid::InvalidValue)
            }),
            types: query.list("type", |text| {
                EventType::parse(text).ok_or(Invalid::InvalidValue)
            }),
            since: query.single("since", time),
            until: query.single("until", time),
            ..EventQuery::default()
        };
        let page = query.page();
        query.reject_unknown();
        ready(query.checked().map(|()| Self(conditions, page)))
    }
}

/// A page of events, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Events)]
pub struct AllEventsResponse {
    /// At most `limit`.
    #[schema(max_items = 100)]
    events: Vec<EventResponse>,
    /// The cursor of the next page, valid for a day; `null` on the last page.
    #[schema(required = true, example = "q83vEjRWeJA")]
    next_cursor: Option<String>,
}

impl From<EventPage> for AllEventsResponse {
    fn from(page: EventPage) -> Self {
        Self {
            events: page.events.into_iter().map(EventResponse::from).collect(),
            next_cursor: page.next_cursor,
        }
    }
}

error_responses!(ListAllEventsErrors: WITH_KEY, WITH_PAGES);

/// List all events
///
/// Returns the security events of all accounts, the newest first. Needs the scope `events:read`.
/// Events are kept for 90 days unless the operator chose another time.
#[utoipa::path(
    tag = "events",
    operation_id = "list_all_events",
    security(("service_key" = [])),
    params(
        ("user" = Option<String>, Query, format = "uuid", description = "The id of the account that the events are about."),
        ("type" = Option<Vec<String>>, Query, description = "The type of the events, such as `login.failed`; may be repeated."),
        ("since" = Option<String>, Query, format = "date-time", description = "The time of the earliest event (RFC 3339)."),
        ("until" = Option<String>, Query, format = "date-time", description = "The time before which every event is (RFC 3339)."),
        ("limit" = Option<i64>, Query, description = "Events at most; absent means 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before; absent for the first page.")
    ),
    responses((status = 200, description = "The events.", body = AllEventsResponse), ListAllEventsErrors)
)]
#[get("/admin/events")]
pub async fn list_all_events(
    service: web::Data<Service>,
    scoped: Scoped<EventsRead, (), EventsQuery>,
) -> Result<HttpResponse, Problem> {
    let EventsQuery(query, page) = scoped.query;
    let page = service.list_all_events(query, page).await?;
    Ok(HttpResponse::Ok().json(AllEventsResponse::from(page)))
}
