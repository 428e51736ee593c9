//! Signups with an invitation: uses, roles, and the one response to every invalid one.

use std::time::Duration;

use serde_json::json;

use super::{body, done, list, sign_up, sign_up_at, token, token_for};
use crate::support::{Service, TestService, assert_same_response};

const INVITED: [(&str, &str); 1] = [("DAEMUN_SIGN_UP", "invited")];
const DAY: Duration = Duration::from_hours(24);

#[test]
fn the_account_has_the_roles_of_the_invitation() {
    let service = Service::start_with(&INVITED);
    let invitation = token(&service, &["--role", "editor", "--role", "billing:read"]);
    assert!(
        invitation.starts_with("dmi_") && invitation.len() == 47,
        "{invitation}"
    );
    let reply = sign_up(&service, "minji", &invitation).assert(201);
    assert_eq!(
        reply.json["user"]["roles"],
        json!(["editor", "billing:read"])
    );
    assert_eq!(reply.json["user"]["email_verified"], false);
    let me = service.get("/me").bearer(&reply.token()).send().assert(200);
    assert_eq!(me.json["roles"], json!(["editor", "billing:read"]));
    let log = service.log();
    assert_eq!(log.matches("\"invitation.used\"").count(), 1, "{log}");
    assert!(!log.contains("dmi_"), "{log}");
}

#[test]
fn an_invitation_has_as_many_uses_as_it_was_created_for() {
    let service = Service::start_with(&INVITED);
    let invitation = token(&service, &["--uses", "2"]);
    for name in ["minji", "jisoo"] {
        sign_up(&service, name, &invitation).assert(201);
    }
    sign_up(&service, "other", &invitation).assert_problem(403, "invitation_invalid");
    let rows = list(service.command());
    assert_eq!(rows[0][1..6], ["used", "", "", "2", "0"]);
}

#[test]
fn a_signup_that_fails_consumes_no_use() {
    let service = Service::start_with(&INVITED);
    let first = token(&service, &[]);
    sign_up(&service, "minji", &first).assert(201);
    let invitation = token(&service, &[]);
    sign_up(&service, "minji", &invitation).assert_problem(409, "username_taken");
    let mut weak = body("jisoo", &invitation);
    weak["password"] = json!("password");
    let reply = service.post("/signup", &weak).send();
    reply.assert_problem(422, "validation_failed");
    sign_up(&service, "jisoo", &invitation).assert(201);
}

#[test]
fn every_invalid_invitation_has_the_same_response() {
    let mail = [("DAEMUN_MAIL_URL", "file://mail")];
    let service = TestService::start_now_with(&["--sign-up=invited"]);
    let used = token_for(&service, &[]);
    sign_up_at(&service, "first", &used).assert(201);
    let revoked = token_for(&service, &[]);
    let id = list(service.command())[1][0].clone();
    done(service.command(), &["revoke", &id]);
    let mut command = service.command();
    command.envs(mail);
    done(command, &["create", "--email", "other@example.com"]);
    let mailed = service.mailbox().invitation("other@example.com");
    let expired = token_for(&service, &["--expires", "1d"]);
    // The command ran later than the service's clock shows.
    service.pass(DAY + Duration::from_mins(5));
    let unknown = format!("dmi_{}", "A".repeat(43));
    let replies = [
        &*unknown,
        "no invitation",
        "dms_",
        &expired,
        &used,
        &revoked,
        &mailed,
    ]
    .map(|invitation| sign_up_at(&service, "minji", invitation));
    assert_same_response(&replies);
    for reply in replies {
        let reply = reply.assert_problem(403, "invitation_invalid");
        assert!(reply.lines("set-cookie").is_empty() && reply.refused().is_empty());
    }
}

#[test]
fn an_invitation_is_valid_until_it_expires() {
    let service = TestService::start_now_with(&["--sign-up=invited"]);
    let invitation = token_for(&service, &["--expires", "1d", "--uses", "2"]);
    // The command started after the clock of the service.
    service.pass_almost(DAY);
    sign_up_at(&service, "minji", &invitation).assert(201);
    service.pass(Duration::from_mins(5));
    sign_up_at(&service, "jisoo", &invitation).assert_problem(403, "invitation_invalid");
}

#[test]
fn a_key_is_bound_to_the_invitation() {
    let service = Service::start_with(&[]);
    let [one, other] = [(); 2].map(|()| token(&service, &[]));
    let send = |invitation: &str| {
        let call = service.post("/signup", &body("minji", invitation));
        call.header("idempotency-key", "0123456789abcdef").send()
    };
    send(&one).assert(201);
    send(&one).assert(201);
    send(&other).assert_problem(409, "idempotency_key_reused");
    send("").assert_problem(409, "idempotency_key_reused");
}
