//! The OpenAPI document, and the check that a reply is what the document says about its operation.

use serde_json::Value;

use super::Reply;

pub use super::documents::{admin_document, admin_document_text, document, document_text};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Returns the members of an object; none of any other value.
pub fn object(value: &Value) -> Vec<(&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

/// Returns the path, the method and the description of every operation.
pub fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let operation =
        |(path, item)| METHODS.map(move |method| Some((path, method, Value::get(item, method)?)));
    let operations = object(&document["paths"]).into_iter().flat_map(operation);
    operations.flatten().collect()
}

/// Asserts that the reply to this request is what a document says about its operation. The reply to
/// a request without an operation is checked only if it is a problem.
#[track_caller]
pub fn assert_documented(document: &Value, method: &str, path: &str, reply: &Reply) {
    if let Err(fault) = check(document, method, path, reply) {
        let Reply { status, text, .. } = reply;
        panic!("{method} {path} {status}: {fault}: {text}");
    }
}

/// Asserts that the reply, if it is a problem, is what the document says about problems.
#[track_caller]
pub fn assert_problem_documented(method: &str, reply: &Reply) {
    // No operation has this path.
    if let Err(fault) = check(document(), method, "", reply) {
        panic!("{}: {fault}: {}", reply.status, reply.text);
    }
}

fn check(document: &Value, method: &str, path: &str, reply: &Reply) -> Result<(), String> {
    let is_head = method == "HEAD";
    let method = if is_head { "GET" } else { method };
    // A path without a parameter takes precedence over one that a parameter makes equal.
    let is_literal = document["paths"].get(path).is_some();
    let found = operations(document).into_iter();
    let mut found = found.filter(|(template, documented, _)| {
        documented.eq_ignore_ascii_case(method)
            && is_path_of(template, path)
            && (*template == path || !is_literal)
    });
    let kind = reply.headers.get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()?.split(';').next());
    let Some((_, _, operation)) = found.next() else {
        if kind == Some("application/problem+json") && !is_head {
            return conforms(document, &problem(), &reply.json, "the problem");
        }
        return Ok(());
    };
    let response = operation["responses"].get(reply.status.to_string());
    let response = response.ok_or("the status is not documented")?;
    let contents = object(&response["content"]);
    let Some(kind) = kind else {
        let is_bodiless = contents.is_empty() && reply.text.is_empty();
        return if is_bodiless || is_head {
            Ok(())
        } else {
            Err("no content type".into())
        };
    };
    let content = contents
        .into_iter()
        .find(|(documented, _)| *documented == kind);
    let (_, content) = content.ok_or_else(|| format!("{kind} is not documented"))?;
    if is_head || !kind.ends_with("json") {
        return Ok(());
    }
    conforms(document, &content["schema"], &reply.json, "the body")
}

fn problem() -> Value {
    serde_json::json!({ "$ref": "#/components/schemas/Problem" })
}

fn is_path_of(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
}

/// Returns an error unless the value is what the schema describes, with every required member and
/// without any other than the described ones.
fn conforms(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(&reference[1..]);
        let schema = schema.ok_or_else(|| format!("{reference} leads nowhere"))?;
        return conforms(document, schema, value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| conforms(document, choice, value, place).is_ok();
        return match choices.iter().filter(fits).count() {
            1 => Ok(()),
            count => Err(format!("{place} fits {count} of {} schemas", choices.len())),
        };
    }
    let types: Vec<_> = match schema["type"].as_array() {
        Some(types) => types.iter().filter_map(Value::as_str).collect(),
        None => schema["type"].as_str().into_iter().collect(),
    };
    if !types.is_empty() && !types.contains(&type_of(value)) {
        return Err(format!("{place} is {value}, not of type {types:?}"));
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Err(format!("{place} is {value}, not one of {values:?}"));
    }
    match value {
        Value::Object(members) => {
            let required = schema["required"].as_array().into_iter().flatten();
            for name in required.filter_map(Value::as_str) {
                members
                    .get(name)
                    .ok_or_else(|| format!("{place} lacks {name}"))?;
            }
            // A schema without properties describes an object with any members.
            let others = schema.get("additionalProperties");
            let others = others.filter(|others| others.is_object());
            let is_described = schema.get("properties").is_some() || others.is_some();
            for (name, member) in members.iter().filter(|_| is_described) {
                let described = schema["properties"].get(name);
                let described = described.or(others);
                let place = format!("{place}.{name}");
                let described = described.ok_or_else(|| format!("{place} is not described"))?;
                conforms(document, described, member, &place)?;
            }
        }
        Value::Array(items) => {
            for item in items {
                conforms(document, &schema["items"], item, &format!("{place}[]"))?;
            }
        }
        Value::String(text) => {
            let length = u64::try_from(text.chars().count()).unwrap();
            let least = schema["minLength"].as_u64().unwrap_or(0);
            let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
            if !(least..=most).contains(&length) {
                return Err(format!("{place} has {length} characters"));
            }
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
    Ok(())
}

/// Returns the name that JSON Schema has for the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn replies_that_differ_from_the_document_are_seen() {
    let document = serde_json::json!({
        "paths": { "/things/{id}": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": {
                "type": "object", "required": ["name"], "properties": {
                    "name": { "type": ["string", "null"], "maxLength": 5 },
                    "kinds": { "type": "array", "items": { "type": "string", "enum": ["a"] } },
                    "either": { "oneOf": [{ "type": "integer" }, { "type": "boolean" }] },
                    "data": { "type": "object", "additionalProperties": { "type": "integer" } },
                    "free": { "type": "object", "additionalProperties": {} },
                },
            } } } },
            "204": {},
        } } } },
    });
    let reply = |status, kind: &str, body: &str| {
        let mut headers = ureq::http::HeaderMap::new();
        if !kind.is_empty() {
            headers.insert("content-type", kind.parse().unwrap());
        }
        check(
            &document,
            "GET",
            "/things/1",
            &Reply::new(status, headers, body.as_bytes()),
        )
    };
    let json = |body: &str| reply(200, "application/json", body);
    for right in [
        r#"{"name":null}"#,
        r#"{"name":"x","kinds":["a"],"either":true}"#,
        r#"{"name":"x","data":{"a":1},"free":{"a":[{"b":null}]}}"#,
    ] {
        assert_eq!(json(right), Ok(()));
    }
    assert_eq!(reply(204, "", ""), Ok(()));
    for (wrong, expected) in [
        (json("{}"), "lacks name"),
        (json(r#"{"name":"x","more":1}"#), "more is not described"),
        (json(r#"{"name":1}"#), "not of type"),
        (json(r#"{"name":"123456"}"#), "6 characters"),
        (json(r#"{"name":"x","kinds":["b"]}"#), "not one of"),
        (json(r#"{"name":"x","either":"1"}"#), "fits 0 of 2"),
        (json(r#"{"name":"x","data":{"a":""}}"#), "data.a is"),
        (json("[]"), "not of type"),
        (reply(200, "text/html", ""), "text/html is not documented"),
        (reply(200, "", ""), "no content type"),
        (reply(204, "", "x"), "no content type"),
        (reply(404, "", ""), "the status is not documented"),
    ] {
        let fault = wrong.expect_err(expected);
        assert!(fault.contains(expected), "{fault}, not {expected}");
    }
}
