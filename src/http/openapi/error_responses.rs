//! The error responses of a route in the OpenAPI document, generated from a list of codes.

use std::{borrow::Cow, collections::BTreeMap};

use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr,
    example::{Example, ExampleBuilder},
    header::Header,
    response::{Response, ResponseBuilder},
    schema::Type,
};

use crate::{
    domain::{invalid::Invalid, language::Language},
    http::problem::{code::ProblemCode, field_messages, hint, rate_limit_headers},
};

/// The description of the header `X-Request-Id`.
pub const REQUEST_ID: &str = "The request's id in the log.";

/// The description of the header `WWW-Authenticate`.
const CHALLENGE: &str = "`Bearer`, or `Basic` for a service that used HTTP Basic.";

/// The codes of every route: middleware and internal errors cause them.
pub const ANYWHERE: &[ProblemCode] = &[ProblemCode::HeadersTooLarge, ProblemCode::Internal];

/// The codes of a route that needs a session.
pub const WITH_SESSION: &[ProblemCode] = &[
    ProblemCode::NotAuthenticated,
    ProblemCode::DatabaseUnavailable,
];

/// The codes of a route that needs a confirmed session.
pub const WITH_CONFIRMATION: &[ProblemCode] = &[
    ProblemCode::NotAuthenticated,
    ProblemCode::ConfirmationRequired,
    ProblemCode::DatabaseUnavailable,
];

/// The codes of an unsafe route that accepts the cookie.
pub const WITH_COOKIE: &[ProblemCode] = &[ProblemCode::OriginNotAllowed];

/// The codes of a route with a body.
pub const WITH_BODY: &[ProblemCode] = &[
    ProblemCode::MalformedJson,
    ProblemCode::RequestTimeout,
    ProblemCode::PayloadTooLarge,
    ProblemCode::UnsupportedMediaType,
    ProblemCode::ValidationFailed,
];

/// Declares a type for `responses(…)` from lists of codes.
macro_rules! error_responses {
    ($name:ident: $($codes:expr),+ $(,)?) => {
        struct $name;
        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::http::openapi::error_responses::responses(&[
                    $($codes),+,
                    $crate::http::openapi::error_responses::ANYWHERE,
                ])
            }
        }
    };
}
pub(crate) use error_responses;

/// Returns one response per status, with an example of each code.
pub fn responses(lists: &[&[ProblemCode]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in ProblemCode::ALL
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

fn response(codes: &[ProblemCode]) -> Response {
    let examples = codes.iter().map(|code| (code.slug(), example(*code)));
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let mut response = ResponseBuilder::new()
        .description(description(codes))
        .content("application/problem+json", content)
        .header("X-Request-Id", header(REQUEST_ID, Type::String));
    if codes.iter().any(|code| code.status().as_u16() == 401) {
        response = response.header("WWW-Authenticate", header(CHALLENGE, Type::String));
    }
    if codes
        .iter()
        .any(|code| code.default_retry_after().is_some())
    {
        response = response.header(
            "Retry-After",
            header("Seconds to wait before a retry.", Type::Integer),
        );
    }
    if codes.contains(&ProblemCode::TooManyRequests) {
        for (name, description) in rate_limit_headers::HEADERS {
            response = response.header(name, header(description, Type::String));
        }
    }
    response.build()
}

fn description(codes: &[ProblemCode]) -> String {
    codes
        .iter()
        .map(|code| {
            let detail = code.texts(Language::English).detail;
            format!("`{}`: {detail}", code.slug())
        })
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Describes a header of a response.
pub fn header(description: &str, kind: Type) -> Header {
    HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
        .build()
}

fn example(code: ProblemCode) -> Example {
    ExampleBuilder::new()
        .summary(code.texts(Language::English).title)
        .value(Some(example_document(code)))
        .build()
}

/// Returns an example without the members that depend on the operation.
fn example_document(code: ProblemCode) -> serde_json::Value {
    let texts = code.texts(Language::English);
    let mut example = serde_json::json!({
        "type": format!("/problems/{}", code.slug()),
        "title": texts.title,
        "status": code.status().as_u16(),
        "detail": texts.detail,
        "code": code.slug(),
        "request_id": "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
    });
    for (name, value) in optional_members(code) {
        if let Some(members) = example.as_object_mut() {
            members.insert(String::from(name), value);
        }
    }
    example
}

/// Returns the members that some codes have, whatever the operation.
fn optional_members(code: ProblemCode) -> Vec<(&'static str, serde_json::Value)> {
    let texts = [
        ("error", code.oauth_error().map(Cow::Borrowed)),
        ("hint", hint::text(code, None)),
    ];
    let texts = texts.into_iter();
    let mut members: Vec<_> = texts
        .filter_map(|(name, text)| Some((name, text?.into())))
        .collect();
    members.extend(own_members(code));
    members
}

/// Returns the members that one code alone has.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a code without such members is the ordinary case"
)]
fn own_members(code: ProblemCode) -> Vec<(&'static str, serde_json::Value)> {
    match code {
        ProblemCode::ConfirmationRequired => vec![("methods", serde_json::json!(["password"]))],
        ProblemCode::SecondFactorRequired => vec![
            (
                "challenge",
                "dmx_Rm9yZ290dGVuLWtleXMtb3Blbi1uby1kb29ycy1oZXI".into(),
            ),
            ("methods", serde_json::json!(["totp", "recovery_code"])),
        ],
        ProblemCode::UsernameTaken => {
            vec![("errors", taken("username", Invalid::UsernameTaken))]
        }
        ProblemCode::EmailTaken => vec![("errors", taken("email", Invalid::EmailTaken))],
        ProblemCode::ExternalIdTaken => {
            vec![("errors", taken("external_id", Invalid::ExternalIdTaken))]
        }
        _ => Vec::new(),
    }
}

fn taken(field: &str, reason: Invalid) -> serde_json::Value {
    let message = field_messages::text(reason, Language::English);
    serde_json::json!([{ "field": field, "code": reason.code(), "message": message }])
}
