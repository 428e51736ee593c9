//! Every operation that can return a session asks for the second factor.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Reply, TestService,
    authenticator_app::{AuthenticatorApp, credentials, first_step, second_step},
};

const EMAIL: &str = "minji@example.com";
const KEY: &str = "a-key-of-a-signup";

/// The schemas of responses with a session.
const WITH_SESSION: [&str; 2] = ["LoggedIn", "VerifiedEmail"];

/// Returns the operations of the OpenAPI document that can return a session.
fn operations() -> Vec<String> {
    let document: Value =
        serde_json::from_str(include_str!("../../../openapi/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let methods = paths.flat_map(|path| path.as_object().unwrap().values());
    let returns_session = |operation: &&Value| {
        let responses = operation["responses"].as_object();
        responses.is_some_and(|responses| {
            responses.values().any(|response| {
                let schema = &response["content"]["application/json"]["schema"]["$ref"];
                let name = schema.as_str().and_then(|name| name.rsplit('/').next());
                name.is_some_and(|name| WITH_SESSION.contains(&name))
            })
        })
    };
    let names = methods.filter(returns_session);
    names
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect()
}

/// An account with a second factor, whose email is not verified yet.
struct Owner {
    service: TestService,
    app: AuthenticatorApp,
    sign_up: Value,
}

impl Owner {
    fn new() -> Self {
        let service =
            TestService::start_with_mail(&["--email-verification=optional", "--email-log-in=on"]);
        let sign_up = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
        let call = service
            .post("/signup", &sign_up)
            .header("idempotency-key", KEY);
        let token = call.send().assert(201).token();
        let (app, _) = AuthenticatorApp::set_up(&service, &token);
        Self {
            service,
            app,
            sign_up,
        }
    }

    /// Presents a right first factor to an operation, and returns the reply.
    fn present_first_factor(&self, operation: &str) -> Reply {
        let service = &self.service;
        match operation {
            "sign_up" => {
                let call = service.post("/signup", &self.sign_up);
                call.header("idempotency-key", KEY).send()
            }
            "log_in" => service.post("/login", &credentials("minji")).send(),
            "log_in_with_code" => {
                let mailbox = service.mailbox();
                mailbox.forge(Purpose::LogIn, EMAIL, service.now());
                let body = json!({ "email": EMAIL, "code": mailbox.code(Purpose::LogIn, EMAIL) });
                service.post("/login/code/verify", &body).send()
            }
            "verify_email" => {
                let code = service.mailbox().code(Purpose::VerifyEmail, EMAIL);
                let body = json!({
                    "email": EMAIL, "code": code, "password": PASSWORD, "transport": "token",
                });
                service.post("/email/verify", &body).send()
            }
            "reset_password" => {
                service.sql().run("UPDATE users SET email_verified = true");
                let token = service.request_password_reset(EMAIL);
                let body =
                    json!({ "token": token, "new_password": PASSWORD, "transport": "token" });
                service.post("/password/reset", &body).send()
            }
            other => panic!("{other} can return a session: add its first factor here"),
        }
    }

    fn sessions(&self) -> i64 {
        let mut sql = self.service.sql();
        sql.numbers("SELECT count(*) AS number FROM sessions")[0]
    }
}

/// Operations that take both factors in one request, so that none asks for another.
const COMPLETE: [&str; 2] = ["log_in_with_passkey", "log_in_with_second_factor"];

#[test]
fn every_operation_that_returns_a_session_asks_for_the_second_factor() {
    let operations = operations();
    assert!(operations.len() >= 5, "{operations:?}");
    for operation in operations
        .iter()
        .filter(|name| !COMPLETE.contains(&name.as_str()))
    {
        let owner = Owner::new();
        let before = owner.sessions();
        let reply = owner.present_first_factor(operation);
        let reply = reply.assert_problem(401, "second_factor_required");
        assert!(reply.lines("set-cookie").is_empty(), "{operation}");
        let challenge = reply.json["challenge"].as_str().unwrap();
        assert!(owner.sessions() <= before, "{operation}");
        let done = second_step(&owner.service, challenge, &owner.app.code(&owner.service));
        done.send().assert(200).token();
    }
}

#[test]
fn the_second_step_opens_no_session_without_its_factor() {
    let owner = Owner::new();
    let challenge = first_step(&owner.service, &credentials("minji"));
    let before = owner.sessions();
    let wrong = owner.app.wrong_code(&owner.service);
    let reply = second_step(&owner.service, &challenge, &wrong).send();
    reply.assert_problem(422, "code_invalid");
    assert_eq!(owner.sessions(), before);
}
