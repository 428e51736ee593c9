//! Invitations of the admin API.

use serde_json::{Value, json};

use super::{ADMIN, Admin, new_key, new_user};
use crate::support::Service;

#[test]
fn the_token_of_an_invitation_signs_up_and_gives_its_roles() {
    let admin = Admin::start_with(&[("DAEMUN_SIGN_UP", "invited")]);
    let body = json!({ "roles": ["editor"], "uses": 2, "expires_in": 3600 });
    let created = admin.post("/admin/invitations", &body).assert(201).json;
    let token = created["token"].as_str().unwrap();
    assert!(token.starts_with("dmi_"));
    assert_eq!(created["email"], Value::Null);
    assert_eq!(created["state"], "valid");
    assert_eq!(created["uses_left"], 2);
    let mut sign_up = new_user("minji");
    sign_up["invitation"] = json!(token);
    let reply = admin.service.post("/signup", &sign_up).send().assert(201);
    assert_eq!(reply.json["user"]["roles"], json!(["editor"]));

    let listed = admin.get("/admin/invitations").assert(200).json;
    assert_eq!(listed["invitations"][0]["uses_left"], 1);
    assert_eq!(listed["invitations"][0]["id"], created["id"]);
    assert!(listed["invitations"][0].get("token").is_none());
}

#[test]
fn an_invitation_for_an_address_is_only_mailed() {
    let admin = Admin::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    let body = json!({ "email": "minji@example.com" });
    let created = admin.post("/admin/invitations", &body).assert(201).json;
    assert!(created.get("token").is_none());
    assert_eq!(created["email"], "minji@example.com");
    assert_eq!(created["uses"], 1);
    assert_eq!(admin.service.mailbox().kinds(), ["invitation"]);
    let many = json!({ "email": "minji@example.com", "uses": 2 });
    let reply = admin.post("/admin/invitations", &many);
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), ["uses conflicting_field"]);
}

#[test]
fn a_revoked_invitation_is_refused() {
    let admin = Admin::start();
    let created = admin
        .post("/admin/invitations", &json!({}))
        .assert(201)
        .json;
    let path = format!("/admin/invitations/{}", created["id"].as_str().unwrap());
    let revoke = || admin.call("DELETE", &path).send();
    revoke().assert(204);
    revoke().assert_problem(404, "invitation_not_found");
    let unknown = admin.call("DELETE", "/admin/invitations/none").send();
    unknown.assert_problem(404, "invitation_not_found");
    let mut sign_up = new_user("minji");
    sign_up["invitation"] = created["token"].clone();
    let reply = admin.service.post("/signup", &sign_up).send();
    reply.assert_problem(403, "invitation_invalid");
    let listed = admin.get("/admin/invitations").assert(200).json;
    assert_eq!(listed["invitations"][0]["state"], "revoked");
}

#[test]
fn roles_need_the_scope_of_changes_to_accounts() {
    let service = Service::start_with(&[ADMIN]);
    let key = new_key(&service, "crm", &["invitations:write"]);
    let create = |body: &Value| {
        let call = service.admin("POST", "/admin/invitations").bearer(&key);
        call.json(body).send()
    };
    create(&json!({ "roles": ["admin"] })).assert_problem(403, "scope_missing");
    create(&json!({ "roles": [] })).assert(201);
    create(&json!({})).assert(201);
}

#[test]
fn bounds_of_an_invitation_are_stated_and_pages_hold_each_once() {
    let admin = Admin::start();
    let body = json!({ "email": "none", "roles": ["A"], "uses": 0, "expires_in": 299, "x": 1 });
    let reply = admin.post("/admin/invitations", &body);
    let reply = reply.assert_problem(422, "validation_failed");
    let expected = [
        "email invalid_email",
        "roles invalid_characters",
        "uses invalid_value",
        "expires_in invalid_value",
        "x unknown_field",
    ];
    assert_eq!(reply.refused(), expected);
    for body in [
        json!({ "uses": 1, "expires_in": 300 }),
        json!({ "uses": 100_000, "expires_in": 34_560_000 }),
        json!({ "email": null, "roles": null, "uses": null, "expires_in": null }),
    ] {
        admin.post("/admin/invitations", &body).assert(201);
    }
    let first = admin.get("/admin/invitations?limit=2").assert(200).json;
    assert_eq!(first["invitations"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/admin/invitations?limit=2&cursor={cursor}"));
    let second = second.assert(200).json;
    assert_eq!(second["invitations"].as_array().unwrap().len(), 1);
    assert_eq!(second["next_cursor"], Value::Null);
}
