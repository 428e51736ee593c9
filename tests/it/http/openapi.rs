//! The OpenAPI document

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
fn what_is_checked_in_is_what_is_printed_and_served() {
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
fn every_operation_is_named_filed_and_explained() {
    let document = document();
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().collect();
    assert!(
        tags.iter()
            .all(|tag| is_text(&tag["name"]) && is_text(&tag["description"]))
    );
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(&document) {
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
    assert_eq!(ids.len(), 26);
}

#[test]
fn every_answer_is_described_with_its_headers_and_an_example_of_each_code() {
    let document = document();
    for (path, method, operation) in operations(&document) {
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
            if status.starts_with('2') {
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
            }
        }
    }
}

#[test]
fn every_field_is_described() {
    let document = document();
    for (name, schema) in object(&document["components"]["schemas"]) {
        assert!(is_text(&schema["description"]), "{name}");
        for (field, property) in object(&schema["properties"]) {
            let is_described = is_text(&property["description"]) || property.get("$ref").is_some();
            assert!(is_described, "{name}.{field}");
        }
    }
}

/// A default makes some generators require the field; alternatives make them invent classes.
#[test]
fn a_request_body_is_one_object_without_defaults_and_alternatives() {
    let document = document();
    let mut bodies = 0;
    for (path, method, operation) in operations(&document) {
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
    assert_eq!(bodies, 11);
}

#[test]
fn it_says_whose_it_is() {
    let info = &document()["info"];
    for name in [
        &info["title"],
        &info["contact"]["name"],
        &info["license"]["name"],
    ] {
        assert!(is_text(name), "{info}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
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
    visit(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn what_a_caller_proves_himself_with_is_asked_for_where_it_is_needed() {
    let document = document();
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["type"], "http");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["cookie"]["type"], "apiKey");
    assert_eq!(schemes["cookie"]["in"], "cookie");
    assert_eq!(schemes["cookie"]["name"], "__Host-daemun");
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    for (path, method, operation) in operations(&document) {
        let call = service.call(&method.to_uppercase(), &path.replace("{id}", "x"));
        let expected = match call.json(&json!({})).send().json["code"].as_str() {
            // A body may say as much as a session.
            _ if ["/email/verify", "/email/resend"].contains(&path) && method == "post" => {
                json!([{}, { "bearer": [] }, { "cookie": [] }])
            }
            Some("not_authenticated") => json!([{ "bearer": [] }, { "cookie": [] }]),
            Some("service_key_invalid") => json!([{ "service_key": [] }]),
            _ => json!([]),
        };
        assert_eq!(operation["security"], expected, "{method} {path}");
    }
}

/// The example of a request body, as Swagger UI puts it together: the schema's own, or each field's.
fn example(document: &Value, schema: &str) -> Value {
    let schema = &document["components"]["schemas"][schema];
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let fields = schema["properties"].as_object().unwrap().iter();
    let examples = fields.map(|(name, field)| {
        let example = field.get("example").or_else(|| field["examples"].get(0));
        let example = example.unwrap_or_else(|| panic!("no example of {name}"));
        (name.clone(), example.clone())
    });
    Value::Object(examples.collect())
}

#[test]
fn the_examples_work_as_they_stand() {
    let document = document();
    let service = Service::start();
    let signup = service
        .post("/signup", &example(&document, "SignUp"))
        .send()
        .assert(201);
    let cookie = signup.cookie();
    let login = service
        .post("/login", &example(&document, "LogIn"))
        .send()
        .assert(200);
    assert_eq!(login.json["user"], signup.json["user"]);
    let with = |method: &str, path: &str, schema: &str| {
        let call = service.call(method, path).cookie(&cookie);
        call.json(&example(&document, schema)).send()
    };
    let changed = with("PATCH", "/me", "UserChange").assert(200);
    assert_eq!(
        changed.json["username"],
        example(&document, "UserChange")["username"]
    );
    with("PUT", "/me/password", "PasswordChange").assert(204);
    with("DELETE", "/me", "Confirmation").assert_problem(403, "current_password_wrong");
    let back = json!({
        "current_password": example(&document, "PasswordChange")["new_password"],
        "new_password": example(&document, "PasswordChange")["current_password"],
    });
    let call = service.call("PUT", "/me/password").cookie(&cookie);
    call.json(&back).send().assert(204);
    with("DELETE", "/me", "Confirmation").assert(204);
}
