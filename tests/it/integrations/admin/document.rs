//! The OpenAPI document of the admin listener.

use std::collections::HashSet;

use serde_json::Value;

use super::Admin;
use crate::support::contract::{admin_document, admin_document_text, object, operations};

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn the_admin_document_is_checked_in_printed_and_served_alike() {
    let admin = Admin::start();
    let printed = admin
        .service
        .command()
        .args(["openapi", "--admin"])
        .output();
    let printed = String::from_utf8(printed.unwrap().stdout).unwrap();
    assert!(
        printed == admin_document_text(),
        "openapi/admin.json is not what the code says: run `just bless`"
    );
    let served = admin
        .service
        .admin("GET", "/openapi.json")
        .send()
        .assert(200);
    assert_eq!(served.text, printed);
}

#[test]
fn every_admin_operation_is_described_and_names_its_scope() {
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(admin_document()) {
        let place = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().expect(&place)),
            "{place}"
        );
        assert!(is_text(&operation["summary"]), "{place}");
        let description = operation["description"].as_str().expect(&place);
        let needs_key = operation["security"].to_string().contains("service_key");
        assert_eq!(needs_key, path.starts_with("/admin/"), "{place}");
        let names_scope = [
            "`users:read`",
            "`users:write`",
            "`events:read`",
            "`invitations:write`",
        ];
        let names_scope = names_scope.iter().any(|scope| description.contains(scope));
        assert_eq!(names_scope, needs_key, "{place}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(is_text(&parameter["description"]), "{place}");
        }
        if let Some(created) = operation["responses"].get("201") {
            assert!(
                is_text(&created["headers"]["Location"]["description"]),
                "{place}"
            );
        }
    }
    assert_eq!(ids.len(), 21);
}

#[test]
fn every_field_of_the_admin_document_has_a_description() {
    for (name, schema) in object(&admin_document()["components"]["schemas"]) {
        assert!(is_text(&schema["description"]), "{name}");
        for (field, property) in object(&schema["properties"]) {
            let property = property.pointer("/oneOf/0").unwrap_or(property);
            let is_described = is_text(&property["description"]) || property.get("$ref").is_some();
            assert!(is_described, "{name}.{field}");
        }
    }
}

#[test]
fn the_admin_listener_serves_swagger_ui_and_the_pages_of_problems() {
    let admin = Admin::start();
    let get = |path: &str| admin.service.admin("GET", path).send();
    let page = get("/swagger-ui/").assert(200);
    assert!(page.header("content-type").starts_with("text/html"));
    get("/swagger-ui/initializer.js").assert(200);
    assert_eq!(get("/").assert(302).header("location"), "swagger-ui/");
    let problem = get("/admin/users").assert_problem(401, "service_key_invalid");
    get(problem.json["type"].as_str().unwrap()).assert(200);
    let without = Admin::start_with(&[("DAEMUN_DOCS", "off")]);
    without.get("/swagger-ui/").assert_problem(404, "not_found");
    without.get("/openapi.json").assert(200);
}
