//! The OpenAPI document, made from the routes and their types; it must not describe anything that they do not.

pub(crate) mod error_responses;

use actix_web::{App, HttpResponse, get, http::header, web};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document, RefOr,
        path::Operation,
        schema::{Schema, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt;

use super::{
    extract::cookie,
    problem::{FieldDocument, ProblemDocument},
    routes,
    settings::Rules,
};
use error_responses::failures;

const DESCRIPTION: &str = "Sign-up and log-in for an app, as plain JSON.\n\n\
**Start here:** open `POST /signup` and press *Execute*. Its example asks for `transport: \"cookie\"`, so this page is logged \
in afterwards: try `GET /me`, then `POST /logout`. To use a token instead, sign up with `transport: \"token\"` and paste \
`session.token` into *Authorize*.\n\n\
**Sessions** are opaque tokens. A browser on the same site carries one as an HttpOnly cookie; any other client sends \
`Authorization: Bearer`, which wins over the cookie. Another scheme or issuer in `Authorization` is ignored. Requests that \
change something with the cookie must come from the same origin or from a listed one. Every other browser origin must be listed \
in `DAEMUN_CORS_ORIGINS`, with a bearer token too.\n\n\
**Failures** are `application/problem+json` (RFC 9457). Compare `code`; it never changes. `title`, `detail` and `message` \
follow `Accept-Language` (English, Korean). Responses may gain members.\n\n\
**Requests** refuse unknown and duplicate fields. `null` in an optional field means absent. White space around usernames, \
email addresses and codes is removed; a code may contain blanks, hyphens and digits of any script.";

#[derive(OpenApi)]
#[openapi(
    info(title = "daemun", description = DESCRIPTION),
    servers((url = "/", description = "This server")),
    tags(
        (name = "accounts", description = "Sign up, log in, log out."),
        (name = "me", description = "The caller's own account."),
        (name = "e-mail", description = "Verify an address, change it, recover an account."),
        (name = "sessions", description = "Where the caller is logged in."),
        (name = "neighbours", description = "For the services beside it: who is this?"),
        (name = "service", description = "Health, and this description."),
    ),
    components(schemas(ProblemDocument<'static>, FieldDocument<'static>))
)]
struct Base;

/// The whole document.
#[must_use]
pub fn document() -> Document {
    let (_app, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .configure(routes)
        .split_for_parts();
    secure(&mut document);
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        operations.into_iter().flatten().for_each(complete);
    }
    document
}

/// The document of a service with its own minimum length of new passwords.
#[must_use]
pub fn document_for(rules: &Rules) -> Document {
    let mut document = document();
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|components| components.schemas.values_mut());
    for schema in schemas {
        set_password_min(schema, rules);
    }
    document
}

fn set_password_min(schema: &mut RefOr<Schema>, rules: &Rules) {
    let RefOr::T(Schema::Object(body)) = schema else {
        return;
    };
    for name in ["password", "new_password"] {
        if let Some(RefOr::T(Schema::Object(field))) = body.properties.get_mut(name) {
            field.min_length = field.min_length.and(Some(rules.password_min));
        }
    }
}

/// A document as it is printed and checked in.
///
/// # Errors
/// When it cannot be written as JSON, which no request can cause.
pub fn printed(document: &Document) -> serde_json::Result<String> {
    document.to_pretty_json().map(|json| json + "\n")
}

fn secure(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some(String::from(
        "The `session.token` of a sign-up or log-in with `transport: \"token\"`.",
    ));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut service_key = Http::new(HttpAuthScheme::Bearer);
    service_key.description = Some(String::from("A key that `daemun key create` made."));
    components.add_security_scheme("service_key", SecurityScheme::Http(service_key));
    let cookie = ApiKeyValue::with_description(
        cookie::SECURE_NAME,
        "Set by a sign-up or log-in with `transport: \"cookie\"`; the browser sends it by itself, so there is nothing to fill in. \
         With DAEMUN_COOKIE_SECURE=off it is named `daemun`.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// What every operation says, and every answer of it.
fn complete(operation: &mut Operation) {
    // Open to anyone, and not by oversight.
    operation.security.get_or_insert_default();
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response
                .headers
                .entry(String::from("X-Request-Id"))
                .or_insert_with(|| {
                    error_responses::header("Names the request in the log.", Type::String).into()
                });
        }
    }
}

failures!(DocumentFailures: &[]);

/// The OpenAPI document
///
/// This description, for tools.
#[utoipa::path(
    tag = "service",
    operation_id = "get_openapi",
    responses(
        (status = 200, description = "The document.", body = serde_json::Value, content_type = "application/json"),
        DocumentFailures
    )
)]
#[get("/openapi.json")]
pub async fn get_openapi(document: web::Data<PrintedDocument>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(document.0.clone())
}

/// The document's text, written once.
#[derive(Debug)]
pub struct PrintedDocument(pub web::Bytes);
