//! Tells the OpenAPI document which codes a route answers with, from one list beside its handler; it must not know any route.

use std::collections::BTreeMap;

use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr,
    example::ExampleBuilder,
    header::Header,
    response::{Response, ResponseBuilder},
    schema::Type,
};

use crate::{
    domain::{invalid::Invalid, language::Language},
    http::problem::{code::Code, field_messages, rate_limit_headers},
};

/// Codes that any route may answer with: they come from in front of it or from below it.
pub const ANYWHERE: &[Code] = &[Code::HeadersTooLarge, Code::Internal];

/// Codes of a route that needs a session.
pub const WITH_SESSION: &[Code] = &[Code::NotAuthenticated, Code::DatabaseUnavailable];

/// Codes of an unsafe route that takes the cookie.
pub const WITH_COOKIE: &[Code] = &[Code::OriginNotAllowed];

/// Codes of a route with a body.
pub const WITH_BODY: &[Code] = &[
    Code::MalformedJson,
    Code::RequestTimeout,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::ValidationFailed,
];

/// Names a type for `responses(…)` from lists of codes.
macro_rules! failures {
    ($name:ident: $($codes:expr),+ $(,)?) => {
        struct $name;
        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::http::openapi::error_responses::responses(&[$($codes),+, $crate::http::openapi::error_responses::ANYWHERE])
            }
        }
    };
}
pub(crate) use failures;

/// One response a status, with an example of each code.
pub fn responses(lists: &[&[Code]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL
        .iter()
        .filter(|code| lists.iter().any(|list| list.contains(code)))
    {
        by_status
            .entry(code.status().as_u16())
            .or_default()
            .push(*code);
    }
    by_status
        .into_iter()
        .map(|(status, codes)| (status.to_string(), RefOr::T(response(&codes))))
        .collect()
}

fn response(codes: &[Code]) -> Response {
    let described = codes
        .iter()
        .map(|code| {
            format!(
                "`{}`: {}",
                code.slug(),
                code.texts(Language::English).detail
            )
        })
        .collect::<Vec<_>>()
        .join(" · ");
    let examples = codes.iter().map(|code| {
        let title = code.texts(Language::English).title;
        (
            code.slug(),
            ExampleBuilder::new()
                .summary(title)
                .value(Some(example(*code)))
                .build(),
        )
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let mut response = ResponseBuilder::new()
        .description(described)
        .content("application/problem+json", content)
        .header(
            "X-Request-Id",
            header("Names the request in the log.", Type::String),
        );
    if codes.iter().any(|code| code.status().as_u16() == 401) {
        response = response.header("WWW-Authenticate", header("`Bearer`", Type::String));
    }
    if codes
        .iter()
        .any(|code| code.default_retry_after().is_some())
    {
        response = response.header(
            "Retry-After",
            header("Seconds to wait before another try.", Type::Integer),
        );
    }
    if codes.contains(&Code::TooManyRequests) {
        for (name, description) in rate_limit_headers::HEADERS {
            response = response.header(name, header(description, Type::String));
        }
    }
    response.build()
}

/// A header of a response.
pub fn header(description: &str, kind: Type) -> Header {
    HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
        .build()
}

fn example(code: Code) -> serde_json::Value {
    let texts = code.texts(Language::English);
    let mut example = serde_json::json!({
        "type": format!("/problems/{}", code.slug()),
        "title": texts.title,
        "status": code.status().as_u16(),
        "detail": texts.detail,
        "instance": "/",
        "code": code.slug(),
        "request_id": "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
    });
    let field = [
        (Code::ValidationFailed, "username", Invalid::TooShort),
        (Code::UsernameTaken, "username", Invalid::UsernameTaken),
        (Code::EmailTaken, "email", Invalid::EmailTaken),
    ]
    .into_iter()
    .find(|(with_field, ..)| *with_field == code);
    if let (Some((_, field, reason)), Some(members)) = (field, example.as_object_mut()) {
        let message = field_messages::text(reason, Language::English);
        members.insert(
            String::from("errors"),
            serde_json::json!([{ "field": field, "code": reason.code(), "message": message }]),
        );
    }
    example
}
