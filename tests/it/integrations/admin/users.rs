//! Accounts: created, shown and deleted.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{Admin, log_in, new_user, user};
use crate::support::PASSWORD;

#[test]
fn a_created_account_has_every_field_and_logs_in() {
    let admin = Admin::start();
    let body = json!({
        "username": " Minji ", "email": "Minji@example.com", "password": PASSWORD, "email_verified": true,
        "display_name": "Kim Minji", "roles": ["editor", "billing:read"], "metadata": { "plan": "pro" },
        "external_id": "crm|1842",
    });
    let created = admin.post("/admin/users", &body).assert(201);
    let id = created.json["id"].as_str().unwrap();
    assert_eq!(created.header("location"), user(id));
    let mut shown = created.json.clone();
    let created_at = shown["created_at"].take();
    assert_eq!(shown["updated_at"].take(), created_at);
    let expected = json!({
        "id": id, "username": "Minji", "email": "Minji@example.com", "email_verified": true,
        "created_at": null, "updated_at": null, "display_name": "Kim Minji", "profile": {},
        "roles": ["editor", "billing:read"], "metadata": { "plan": "pro" }, "external_id": "crm|1842",
        "disabled": false, "locked_until": null, "recognized_devices_only": false, "last_login_at": null,
        "second_factor": false, "sessions": 0,
    });
    assert_eq!(shown, expected);
    assert_eq!(admin.get(&user(id)).assert(200).json, created.json);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
    let after = admin.get(&user(id)).assert(200).json;
    assert_eq!(after["sessions"], 1);
    assert!(after["last_login_at"].is_string());
    assert_eq!(after["updated_at"], created_at, "a login is no change");
    assert!(!created.text.contains("$2b$"));
}

#[test]
fn an_account_can_be_disabled_from_the_beginning() {
    let admin = Admin::start();
    let mut body = new_user("minji");
    body["disabled"] = json!(true);
    let created = admin.post("/admin/users", &body).assert(201);
    assert_eq!(created.json["disabled"], true);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 403);
}

#[test]
fn every_rejected_field_of_a_new_account_is_listed() {
    let admin = Admin::start();
    let body = json!({
        "username": "a", "email": "none", "password": "short", "display_name": "", "roles": ["Editor"],
        "metadata": [], "external_id": "a b", "admin": true,
    });
    let reply = admin.post("/admin/users", &body);
    let reply = reply.assert_problem(422, "validation_failed");
    let expected = [
        "username too_short",
        "email invalid_email",
        "password too_short",
        "display_name too_short",
        "roles invalid_characters",
        "metadata invalid_type",
        "external_id invalid_characters",
        "admin unknown_field",
    ];
    assert_eq!(reply.refused(), expected);
    for (member, value, code) in [
        ("password", json!("password1234"), "password_common"),
        (
            "password",
            json!("minji@example.com"),
            "password_equals_email",
        ),
        ("external_id", json!("a".repeat(256)), "too_long"),
        ("external_id", json!(""), "too_short"),
        (
            "roles",
            json!((0..33).map(|n| format!("r{n}")).collect::<Vec<_>>()),
            "too_long",
        ),
    ] {
        let mut body = new_user("minji");
        body[member] = value;
        let reply = admin.post("/admin/users", &body);
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), [format!("{member} {code}")]);
    }
    assert!(admin.names("").is_empty());
}

#[test]
fn every_value_that_another_account_has_is_listed() {
    let admin = Admin::start();
    let mut first = new_user("minji");
    first["external_id"] = json!("1842");
    admin.post("/admin/users", &first).assert(201);
    let mut second = first.clone();
    second["username"] = json!("MINJI");
    let reply = admin.post("/admin/users", &second);
    let reply = reply.assert_problem(409, "username_taken");
    let expected = [
        "username username_taken",
        "email email_taken",
        "external_id external_id_taken",
    ];
    assert_eq!(reply.refused(), expected);

    let mut third = new_user("minho");
    third["external_id"] = json!("1842");
    let reply = admin.post("/admin/users", &third);
    reply.assert_problem(409, "external_id_taken");
    // External ids are compared as bytes.
    for (number, other) in ["1842a", "184", "A", "a"].into_iter().enumerate() {
        let mut body = new_user(&format!("user{number}"));
        body["external_id"] = json!(other);
        admin.post("/admin/users", &body).assert(201);
    }
}

#[test]
fn an_account_without_a_password_gets_a_mail_to_choose_one() {
    let admin = Admin::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_PUBLIC_URL", "https://app.example.com"),
    ]);
    let mut body = new_user("minji");
    body["password"] = Value::Null;
    let call = admin.call("POST", "/admin/users").json(&body);
    let created = call.header("accept-language", "ko").send().assert(201);
    assert_eq!(created.json["email_verified"], false);
    let mailbox = admin.service.mailbox();
    assert_eq!(mailbox.kinds(), ["first_password"]);
    let token = mailbox.token(Purpose::ResetPassword, "minji@example.com");
    // Six days later the link is still valid, and the code is not.
    admin.service.sql().run(
        "UPDATE challenges SET expires_at = expires_at - 518400000000, code_expires_at = 1000000",
    );
    let reset = json!({ "token": token, "new_password": PASSWORD });
    admin
        .service
        .post("/password/reset", &reset)
        .send()
        .assert(204);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
    let id = created.json["id"].as_str().unwrap();
    assert_eq!(
        admin.get(&user(id)).assert(200).json["email_verified"],
        true
    );
}

#[test]
fn an_account_without_a_password_needs_mail() {
    let admin = Admin::start();
    let body = json!({ "username": "minji", "email": "minji@example.com" });
    let reply = admin.post("/admin/users", &body);
    reply.assert_problem(503, "mail_not_configured");
    assert!(admin.names("").is_empty());
}

#[test]
fn a_deleted_account_is_gone() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let delete = || admin.call("DELETE", &user(&minji.id)).send();
    delete().assert(204);
    delete().assert_problem(404, "user_not_found");
    admin
        .get(&user(&minji.id))
        .assert_problem(404, "user_not_found");
    let me = admin.service.get("/me").bearer(&minji.token).send();
    me.assert_problem(401, "not_authenticated");
    for wrong in ["none", "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"] {
        admin
            .get(&user(wrong))
            .assert_problem(404, "user_not_found");
    }
}

#[test]
fn the_shown_state_includes_second_factors_and_lockouts() {
    let admin = Admin::start_with(&[("DAEMUN_RATE_LIMITS", "on"), ("DAEMUN_LIMIT_FAILURES", "1")]);
    let minji = admin.service.sign_up("minji");
    assert_eq!(log_in(&admin.service, "minji", "wrong-password"), 401);
    let shown = admin.get(&user(&minji.id)).assert(200).json;
    assert!(shown["locked_until"].is_string(), "{shown}");
    assert_eq!(shown["second_factor"], false);
    let unlock = format!("{}/unlock", user(&minji.id));
    admin.post(&unlock, &json!({})).assert(204);
    let shown = admin.get(&user(&minji.id)).assert(200).json;
    assert_eq!(shown["locked_until"], Value::Null);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
}
