//! The OpenAPI document, generated from the routes and their types.

pub(crate) mod error_responses;
mod problem_examples;

use actix_web::{App, web};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document, RefOr,
        path::Operation,
        schema::{Schema, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use super::{
    extract::cookie,
    problem::document::{FieldErrorDocument, ProblemDocument},
    settings::Rules,
};

const DESCRIPTION: &str = "Signup and login for an app, as plain JSON.\n\n\
**Start here:** open `POST /signup` and press *Execute*. Its example requests `transport: \"cookie\"`, so this page is logged \
in afterwards. Try `GET /me`, then `POST /logout`. To use a token instead, sign up with `transport: \"token\"` and paste \
`session.token` into *Authorize*.\n\n\
**Sessions** are opaque tokens. A browser on the same site sends the token as an HttpOnly cookie. Every other client sends \
`Authorization: Bearer`, which takes precedence over the cookie. Another scheme or issuer in `Authorization` is ignored. \
Unsafe requests with the cookie must come from the same origin or from a listed one. Every other browser origin must be listed \
in `DAEMUN_CORS_ORIGINS`, even with a bearer token.\n\n\
**Failures** are `application/problem+json` (RFC 9457). Compare `code`; it never changes. `title`, `detail` and `message` \
follow `Accept-Language` (English, Korean). `hint` is for developers, in English. Responses may gain members.\n\n\
**Requests** reject unknown and duplicate fields. `null` in an optional field means absent. White space around usernames, \
email addresses and codes is removed. A code may contain blanks, hyphens and digits of any script.";

#[derive(OpenApi)]
#[openapi(
    info(title = "daemun", description = DESCRIPTION),
    servers((url = "/", description = "This server")),
    external_docs(url = "https://www.rfc-editor.org/rfc/rfc9457", description = "RFC 9457, the format of every failure"),
    tags(
        (name = "accounts", description = "Sign up, log in, log out."),
        (name = "me", description = "The caller's own account."),
        (name = "email", description = "Verify or change an email address, and reset a password."),
        (name = "passkeys", description = "Log in with passkeys, and register them. Run the browser's ceremonies between two requests."),
        (name = "second factors", description = "The caller's second factors: authenticator apps and recovery codes."),
        (name = "sessions", description = "The sessions and the recognized devices of the caller's account."),
        (name = "integrations", description = "Authenticate callers in your other services."),
        (name = "service", description = "Health, documentation and this document."),
    ),
    components(schemas(ProblemDocument<'static>, FieldErrorDocument<'static>))
)]
struct Base;

/// The function that adds every route to an application and to its document.
pub type Routes = fn(&mut ServiceConfig<'_>);

/// The text of the document, as `GET /openapi.json` returns it.
#[derive(Debug)]
pub struct PrintedDocument(pub web::Bytes);

/// Returns the document of these routes.
#[must_use]
pub fn document(routes: Routes) -> Document {
    build_public(routes, "")
}

/// Returns the document with the configured minimum length of new passwords, and with the path
/// below which clients reach the service.
#[must_use]
pub fn document_for(routes: Routes, rules: &Rules, external_prefix: &str) -> Document {
    let mut document = build_public(routes, external_prefix);
    apply_rules(&mut document, rules);
    document
}

fn build_public(routes: Routes, external_prefix: &str) -> Document {
    let mut document = build(Base::openapi(), routes, external_prefix);
    add_security_schemes(&mut document);
    document
}

/// Applies the configured minimum length of new passwords to a document.
pub fn apply_rules(document: &mut Document, rules: &Rules) {
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|components| components.schemas.values_mut());
    for schema in schemas {
        set_password_min(schema, rules);
    }
}

/// Returns a base with these routes, completed.
pub fn build(base: Document, routes: Routes, external_prefix: &str) -> Document {
    let (_app, mut document) = App::new()
        .into_utoipa_app()
        .openapi(base)
        .configure(routes)
        .split_for_parts();
    if !external_prefix.is_empty() {
        let servers = document.servers.iter_mut().flatten();
        servers.for_each(|server| external_prefix.clone_into(&mut server.url));
    }
    let schemas = document.components.get_or_insert_default().schemas.clone();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            complete(operation);
            problem_examples::complete(operation, external_prefix, path, &schemas);
        }
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

/// Returns a document as it is printed and checked in.
///
/// # Errors
/// Returns an error if the document is not serializable as JSON.
pub fn printed(document: &Document) -> serde_json::Result<String> {
    document.to_pretty_json().map(|json| json + "\n")
}

fn add_security_schemes(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some(String::from(
        "The `session.token` of a signup or login with `transport: \"token\"`.",
    ));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut service_basic = Http::new(HttpAuthScheme::Basic);
    service_basic.description = Some(String::from(
        "The name of a key from `daemun key create` as the username, and the key as the password (`client_secret_basic`).",
    ));
    components.add_security_scheme("service_basic", SecurityScheme::Http(service_basic));
    let cookie = ApiKeyValue::with_description(
        cookie::SECURE_NAME,
        "Set by a signup or login with `transport: \"cookie\"`. A browser sends it by itself. With DAEMUN_COOKIE_SECURE=off, \
         its name is `daemun`, and with DAEMUN_COOKIE_DOMAIN `__Secure-daemun`.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    add_service_key(document);
}

/// Adds the service key as a way to authenticate.
pub fn add_service_key(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let mut service_key = Http::new(HttpAuthScheme::Bearer);
    service_key.description = Some(String::from("A key from `daemun key create`."));
    components.add_security_scheme("service_key", SecurityScheme::Http(service_key));
}

/// Adds the parts that every operation and every response has.
fn complete(operation: &mut Operation) {
    // An empty list states that the operation needs no authentication.
    operation.security.get_or_insert_default();
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response
                .headers
                .entry(String::from("X-Request-Id"))
                .or_insert_with(|| {
                    error_responses::header(error_responses::REQUEST_ID, Type::String).into()
                });
        }
    }
}
