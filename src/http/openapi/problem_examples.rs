//! The members of a problem's example that depend on the operation that returns the problem.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    RefOr,
    path::Operation,
    schema::{Object, Schema},
};

use crate::{
    domain::{invalid::Invalid, language::Language},
    http::problem::{code::ProblemCode, field_messages},
};

/// Completes the examples of one operation. Clients reach the operation at this path below the
/// prefix.
pub fn complete(
    operation: &mut Operation,
    prefix: &str,
    path: &str,
    schemas: &BTreeMap<String, RefOr<Schema>>,
) {
    let instance = format!("{prefix}{}", request_path(path, operation));
    let errors = body(operation, schemas).and_then(rejected_field);
    for members in examples(operation) {
        if let Some(Value::String(page)) = members.get_mut("type") {
            page.insert_str(0, prefix);
        }
        members.insert(String::from("instance"), instance.as_str().into());
        let is_about_fields =
            members.get("code") == Some(&json!(ProblemCode::ValidationFailed.slug()));
        if let Some(errors) = errors.clone().filter(|_errors| is_about_fields) {
            members.insert(String::from("errors"), errors);
        }
    }
}

/// Returns the path of the request that the examples of the operation's parameters make.
fn request_path(path: &str, operation: &Operation) -> String {
    let parameters = operation.parameters.iter().flatten().filter_map(inline);
    parameters.fold(path.to_owned(), |path, parameter| {
        let placeholder = format!("{{{}}}", parameter.name);
        // The field is private.
        let parameter = serde_json::to_value(parameter).unwrap_or_default();
        let example = parameter.get("example").and_then(Value::as_str);
        path.replace(&placeholder, example.unwrap_or_default())
    })
}

/// Returns the schema of the operation's body.
fn body<'a>(
    operation: &Operation,
    schemas: &'a BTreeMap<String, RefOr<Schema>>,
) -> Option<&'a Object> {
    let body = inline(operation.request_body.as_ref()?)?;
    let content = body.content.values().find_map(inline)?;
    let RefOr::Ref(reference) = content.schema.as_ref()? else {
        return None;
    };
    let name = reference.ref_location.rsplit('/').next()?;
    let Schema::Object(body) = inline(schemas.get(name)?)? else {
        return None;
    };
    Some(body)
}

/// Returns `errors` with the body's first field.
fn rejected_field(body: &Object) -> Option<Value> {
    let field = body.properties.keys().next()?;
    let reason = if body.required.contains(field) {
        Invalid::Required
    } else {
        Invalid::InvalidType
    };
    let message = field_messages::text(reason, Language::English);
    Some(json!([{ "field": field, "code": reason.code(), "message": message }]))
}

/// Returns the example of each problem that the operation returns.
fn examples(operation: &mut Operation) -> impl Iterator<Item = &mut Map<String, Value>> {
    let responses = operation.responses.responses.values_mut();
    responses
        .filter_map(|response| {
            inline_mut(response)?
                .content
                .get_mut("application/problem+json")
        })
        .filter_map(inline_mut)
        .flat_map(|content| content.examples.values_mut())
        .filter_map(|example| inline_mut(example)?.value.as_mut()?.as_object_mut())
}

fn inline<T>(part: &RefOr<T>) -> Option<&T> {
    match part {
        RefOr::T(part) => Some(part),
        RefOr::Ref(_) => None,
    }
}

fn inline_mut<T>(part: &mut RefOr<T>) -> Option<&mut T> {
    match part {
        RefOr::T(part) => Some(part),
        RefOr::Ref(_) => None,
    }
}
