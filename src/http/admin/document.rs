//! The OpenAPI document of the admin listener, and its routes.

use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{events, invitations, metrics, users};
use crate::http::{
    openapi,
    problem::document::{FieldErrorDocument, ProblemDocument},
    routes::{
        pages::{problem, problems},
        system::{health, openapi as openapi_route, readiness},
    },
    settings::Rules,
};

const DESCRIPTION: &str = "What `daemun user` and `daemun invite` do on the command line, for your other services.\n\n\
**Authentication.** Send a service key as `Authorization: Bearer`. `daemun key create NAME --scope users:read` prints one. Each operation \
names the scope that it needs. Cookies, sessions and HTTP Basic have no meaning here, and the listener has no CORS: call it from \
your servers.\n\n\
**Lists** have pages: send `next_cursor` as `cursor` with the same conditions until it is `null`. A cursor is valid for a day. New entries \
shift no page. A page can have fewer entries than `limit`, or none, before the end.\n\n\
**Failures** are `application/problem+json` (RFC 9457). Compare `code`; it never changes. Responses may gain members.\n\n\
**Requests** with a key reject unknown and duplicate fields, and unknown query parameters. `null` in an optional field means absent. In `PATCH`, \
`null` removes `display_name` and `external_id`, and empties `roles` and `metadata`.\n\n\
Every change is an event of the audit log, with the actor `service:NAME`.";

#[derive(OpenApi)]
#[openapi(
    info(title = "daemun admin", description = DESCRIPTION),
    servers((url = "/", description = "This server")),
    external_docs(url = "https://www.rfc-editor.org/rfc/rfc9457", description = "RFC 9457, the format of every failure"),
    tags(
        (name = "users", description = "Find, create, change and delete accounts."),
        (name = "user sessions", description = "The sessions of an account."),
        (name = "events", description = "The audit log."),
        (name = "invitations", description = "Invite people to sign up."),
        (name = "service", description = "Health, metrics, documentation and this document."),
    ),
    components(schemas(ProblemDocument<'static>, FieldErrorDocument<'static>))
)]
struct AdminBase;

/// Returns the document.
#[must_use]
pub fn document() -> Document {
    let mut document = openapi::build(AdminBase::openapi(), configure, "");
    openapi::add_service_key(&mut document);
    document
}

/// Returns the document with the configured minimum length of new passwords.
pub fn document_for(rules: &Rules) -> Document {
    let mut document = document();
    openapi::apply_rules(&mut document, rules);
    document
}

/// Adds every route that the document describes, in the order of the document.
pub fn configure(config: &mut ServiceConfig<'_>) {
    configure_users(config);
    configure_others(config);
}

fn configure_users(config: &mut ServiceConfig<'_>) {
    config
        .service(users::list::list_users)
        .service(users::create::create_user)
        .service(users::get::get_user)
        .service(users::update::update_user)
        .service(users::delete::delete_user)
        .service(users::set_password::set_user_password)
        .service(users::unlock::unlock_user)
        .service(users::reset_second_factors::reset_user_second_factors)
        .service(users::list_sessions::list_user_sessions)
        .service(users::end_sessions::end_user_sessions)
        .service(users::end_session::end_user_session);
}

fn configure_others(config: &mut ServiceConfig<'_>) {
    config
        .service(events::list_all_events)
        .service(invitations::create::create_invitation)
        .service(invitations::list::list_invitations)
        .service(invitations::revoke::revoke_invitation)
        .service(metrics::get_metrics)
        .service(health::get_health)
        .service(readiness::get_readiness)
        .service(openapi_route::get_openapi)
        .service(problems::list_problems)
        .service(problem::get_problem_page);
}
