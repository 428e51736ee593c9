//! The paths of the admin API: on the admin listener alone.

use serde_json::json;

use super::Admin;
use crate::support::contract::{admin_document, operations};

const NO_ID: &str = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b";

#[test]
fn unknown_paths_and_methods_have_problems_too() {
    let admin = Admin::start();
    admin.get("/admin").assert_problem(404, "not_found");
    admin.get("/admin/users/").assert_problem(404, "not_found");
    let reply = admin.call("PUT", "/admin/users").send();
    let reply = reply.assert_problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "GET, HEAD, POST");
}

#[test]
fn the_public_listener_has_no_route_of_the_admin_api() {
    let admin = Admin::start();
    let listed = operations(admin_document()).into_iter();
    for (path, method, _) in listed.filter(|(path, _, _)| path.starts_with("/admin")) {
        let path = path.replace("{id}", NO_ID).replace("{session}", NO_ID);
        let call = admin.service.call(&method.to_uppercase(), &path);
        let call = call.undocumented().bearer(&admin.key).json(&json!({}));
        call.send().assert_problem(404, "not_found");
    }
}
