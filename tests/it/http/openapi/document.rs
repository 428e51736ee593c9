//! The structure and the texts of the document.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{
    Service,
    contract::{document, document_text, object, operations},
};

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn the_document_is_checked_in_printed_and_served_alike() {
    let service = Service::start();
    let printed = service.command().arg("openapi").output().unwrap();
    assert!(printed.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(
        printed == document_text(),
        "openapi/openapi.json is not what the code says: run `just bless`"
    );
    let served = service.get("/openapi.json").send().assert(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.text, printed);
}

#[test]
fn every_operation_has_an_id_a_tag_and_a_description() {
    let document = document();
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().collect();
    assert!(
        tags.iter()
            .all(|tag| is_text(&tag["name"]) && is_text(&tag["description"]))
    );
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(document) {
        let place = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().expect(&place)),
            "{place}"
        );
        assert!(is_text(&operation["summary"]), "{place}");
        assert!(is_text(&operation["description"]), "{place}");
        let filed = operation["tags"].as_array().expect(&place);
        assert!(!filed.is_empty(), "{place}");
        assert!(
            filed
                .iter()
                .all(|name| tags.iter().any(|tag| tag["name"] == *name)),
            "{place}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(is_text(&parameter["description"]), "{place}");
            let is_shown = parameter["in"] != "path" || is_text(&parameter["example"]);
            assert!(
                is_shown,
                "{place}: a path cannot be tried without an example"
            );
        }
    }
    assert_eq!(ids.len(), 55);
}

#[test]
fn every_response_has_its_headers_and_an_example_of_each_code() {
    let document = document();
    for (path, method, operation) in operations(document) {
        for (status, response) in object(&operation["responses"]) {
            let place = format!("{method} {path} {status}");
            assert!(is_text(&response["description"]), "{place}");
            let mut headers = vec!["X-Request-Id"];
            match status {
                "201" => headers.push("Location"),
                "401" => headers.push("WWW-Authenticate"),
                "429" | "503" => headers.push("Retry-After"),
                _ => {}
            }
            for header in headers {
                assert!(
                    is_text(&response["headers"][header]["description"]),
                    "{place} {header}"
                );
            }
            if status.starts_with(['2', '3']) {
                continue;
            }
            let content = &response["content"]["application/problem+json"];
            assert_eq!(
                content["schema"]["$ref"], "#/components/schemas/Problem",
                "{place}"
            );
            let examples = object(&content["examples"]);
            assert!(!examples.is_empty(), "{place}");
            for (code, example) in examples {
                assert_eq!(example["value"]["code"], code, "{place}");
                assert_eq!(example["value"]["status"].to_string(), status, "{place}");
                assert_eq!(
                    example["value"]["type"],
                    format!("/problems/{code}"),
                    "{place}"
                );
                assert_eq!(example["value"]["instance"], request_path(path, operation));
            }
        }
    }
}

/// Returns the path that Swagger UI sends by default.
fn request_path(template: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.fold(template.to_owned(), |path, parameter| {
        let placeholder = format!("{{{}}}", parameter["name"].as_str().unwrap());
        path.replace(&placeholder, parameter["example"].as_str().unwrap_or("?"))
    })
}

#[test]
fn an_example_of_rejected_fields_names_a_field_of_the_body() {
    let document = document();
    let mut examples = 0;
    for (path, method, operation) in operations(document) {
        let problems = &operation["responses"]["422"]["content"]["application/problem+json"];
        let errors = &problems["examples"]["validation_failed"]["value"]["errors"];
        let Some(field) = errors[0]["field"].as_str() else {
            continue;
        };
        let (_, content) = object(&operation["requestBody"]["content"])[0];
        let reference = content["schema"]["$ref"].as_str().unwrap();
        let body = document.pointer(&reference[1..]).unwrap();
        let place = format!("{method} {path}: {field}");
        assert!(body["properties"].get(field).is_some(), "{place}");
        let is_required = body["required"]
            .to_string()
            .contains(&format!("\"{field}\""));
        assert_eq!(errors[0]["code"] == "required", is_required, "{place}");
        examples += 1;
    }
    assert_eq!(examples, 19);
}

#[test]
fn every_field_has_a_description() {
    let document = document();
    for (name, schema) in object(&document["components"]["schemas"]) {
        assert!(is_text(&schema["description"]), "{name}");
        for (field, property) in object(&schema["properties"]) {
            // A nullable object is one of the object, which the field describes, and `null`.
            let property = property.pointer("/oneOf/0").unwrap_or(property);
            let is_described = is_text(&property["description"]) || property.get("$ref").is_some();
            assert!(is_described, "{name}.{field}");
        }
    }
}

/// A default makes some generators require the field. Alternatives make them invent classes.
#[test]
fn a_request_body_is_one_object_without_defaults_or_alternatives() {
    let document = document();
    let mut bodies = 0;
    for (path, method, operation) in operations(document) {
        for (kind, content) in object(&operation["requestBody"]["content"]) {
            let place = format!("{method} {path}");
            let reference = content["schema"]["$ref"].as_str().expect(&place);
            let schema = document.pointer(&reference[1..]).unwrap();
            assert_eq!(schema["type"], "object", "{place}");
            let text = schema.to_string();
            for word in [
                "\"default\"",
                "\"oneOf\"",
                "\"anyOf\"",
                "\"allOf\"",
                "\"$ref\"",
            ] {
                assert!(!text.contains(word), "{place}: {word}");
            }
            let required = schema["required"].as_array();
            for (name, field) in object(&schema["properties"]) {
                let is_required =
                    required.is_some_and(|names| names.iter().any(|field| field == name));
                let takes_null = field["type"]
                    .as_array()
                    .is_some_and(|types| types.contains(&json!("null")));
                // A form has no `null`.
                let is_nullable = kind == "application/json" && !is_required;
                assert_eq!(takes_null, is_nullable, "{place}: {name}");
            }
            bodies += 1;
        }
    }
    assert_eq!(bodies, 24);
}

#[test]
fn the_document_has_a_title_a_contact_a_license_and_further_documentation() {
    let info = &document()["info"];
    for name in [
        &info["title"],
        &info["contact"]["name"],
        &info["license"]["name"],
        &document()["externalDocs"]["description"],
        &document()["externalDocs"]["url"],
    ] {
        assert!(is_text(name), "{info}");
    }
}

#[test]
fn every_reference_resolves() {
    fn visit<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| visit(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| visit(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    visit(document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
