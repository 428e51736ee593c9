//! The signup with both fields.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{body, me, sign_up};
use crate::support::{PASSWORD, Service, TestService};

#[test]
fn a_new_account_has_the_display_name_and_the_profile_of_its_signup() {
    let service = Service::start();
    let profile = json!({ "theme": "dark", "tags": ["a", null, 1.5], "이름": { "a": true } });
    let more = json!({ "display_name": "  김 민지 👩‍🚀 ", "profile": profile });
    let reply = sign_up(&service, "minji", &more).assert(201);
    assert_eq!(reply.json["user"]["display_name"], "김 민지 👩‍🚀");
    assert_eq!(reply.json["user"]["profile"], profile);
    assert_eq!(reply.json["user"]["roles"], json!([]));
    assert_eq!(reply.json["user"]["metadata"], json!({}));
    assert_eq!(me(&service, &reply.token()), reply.json["user"]);
    let session = service.get("/session").bearer(&reply.token()).send();
    assert_eq!(session.json["user"], reply.json["user"]);
}

#[test]
fn an_account_without_them_has_null_and_an_empty_object() {
    let service = Service::start();
    for (name, more) in [
        ("ann", json!({})),
        ("ben", json!({ "display_name": null, "profile": null })),
        ("cho", json!({ "profile": {} })),
    ] {
        let reply = sign_up(&service, name, &more).assert(201);
        assert_eq!(reply.json["user"]["display_name"], Value::Null);
        assert_eq!(reply.json["user"]["profile"], json!({}));
    }
}

/// The service compiles each insertion once and uses it for every signup.
#[test]
fn signups_with_and_without_them_follow_each_other() {
    for (verification, status) in [("off", 201), ("required", 202)] {
        let service = Service::start_with(&[
            ("DAEMUN_MAIL_URL", "file://mail"),
            ("DAEMUN_EMAIL_VERIFICATION", verification),
        ]);
        for number in 0..6 {
            let more = if number % 2 == 0 {
                json!({ "display_name": "Kim Minji", "profile": { "theme": "dark" } })
            } else {
                json!({})
            };
            sign_up(&service, &format!("person{number}"), &more).assert(status);
        }
    }
}

#[test]
fn a_verified_signup_keeps_its_display_name_and_profile() {
    let service = TestService::start_with_mail(&["--email-verification=required"]);
    let more = json!({ "display_name": "Kim Minji", "profile": { "theme": "dark" } });
    let pending = service.post("/signup", &body("minji", &more)).send();
    pending.assert(202);
    let token = service
        .mailbox()
        .token(Purpose::SignUp, "minji@example.com");
    let proof = json!({ "token": token, "password": PASSWORD });
    let user = service.post("/email/verify", &proof).send().assert(200);
    assert_eq!(user.json["display_name"], "Kim Minji");
    assert_eq!(user.json["profile"], json!({ "theme": "dark" }));
}

#[test]
fn a_retry_has_the_same_display_name_and_profile() {
    let service = Service::start();
    let send = |body: &Value| {
        let call = service.post("/signup", body);
        call.header("idempotency-key", "0d3b7bd0-3f0c-4c0a").send()
    };
    let mut body = body("minji", &json!({}));
    body["display_name"] = json!("Minji");
    body["profile"] = json!({ "theme": "dark", "size": 1 });
    let first = send(&body).assert(201);
    body["profile"] = json!({ "size": 1, "theme": "dark" });
    body["display_name"] = json!(" Minji ");
    let second = send(&body).assert(201);
    assert_eq!(second.json["user"], first.json["user"]);
    for (field, value) in [
        ("display_name", json!("Jisoo")),
        ("display_name", json!(null)),
        ("profile", json!({ "theme": "light" })),
    ] {
        let mut changed = body.clone();
        changed[field] = value;
        send(&changed).assert_problem(409, "idempotency_key_reused");
    }
}
