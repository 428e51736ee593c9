//! Every success that the OpenAPI document lists for an operation. The calls check the replies.

use std::collections::BTreeSet;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{
    by_email_code::right_code,
    by_mail::strict,
    by_passkey::{Owner, assertion, challenge, registration},
    by_second_factor::{enable_totp, set_up_totp, with_recovery_code},
    gate::{Gate, PUBLIC},
    request::{log_in, new_account, request, reset_by_token, with_body},
};
use crate::support::{
    Authenticator, Call, PASSWORD,
    contract::{document, object, operations},
};

/// Returns a request that succeeds with this status. Each has its own service.
fn successful(gate: &Gate, operation: &str) -> Call {
    let Gate { service, minji, .. } = gate;
    let mailbox = service.mailbox();
    let plain = || request(service, operation);
    let with = |body: Value| with_body(service, operation, body.to_string().as_bytes());
    match operation {
        "sign_up" => with(new_account("new")),
        "log_in" => with(log_in("minji", PASSWORD)),
        "log_in_with_code" => with(right_code(service, &minji.email)),
        "verify_email" => with(json!({ "code": mailbox.code(Purpose::VerifyEmail, &minji.email) }))
            .bearer(&minji.token),
        "reset_password" => reset(gate, &Value::Null),
        "end_session" => service
            .call("DELETE", &format!("/sessions/{}", minji.session_id))
            .bearer(&minji.token),
        "log_in_with_second_factor" => with_recovery_code(service, &minji.token),
        "verify_totp" => {
            with(json!({ "code": set_up_totp(service, &minji.token) })).bearer(&minji.token)
        }
        "create_recovery_codes" => {
            enable_totp(service, &minji.token);
            plain().bearer(&minji.token)
        }
        "log_in_with_passkey" => {
            let owner = Owner::sign_up(service, "minho");
            with(assertion(service, &owner.passkey))
        }
        "create_second_factor_options" => {
            Owner::sign_up(service, "minho");
            with(json!({ "challenge": challenge(service, "minho") }))
        }
        "create_confirmation_options" => {
            let owner = Owner::sign_up(service, "minho");
            plain().bearer(&owner.token)
        }
        "register_passkey" => {
            let mut passkey = Authenticator::new("app.example.com", "https://app.example.com");
            with(registration(service, &minji.token, &mut passkey)).bearer(&minji.token)
        }
        "rename_passkey" | "remove_passkey" => {
            let owner = Owner::sign_up(service, "minho");
            let listed = service.get("/me/second-factors").bearer(&owner.token);
            let listed = listed.send().assert(200).json;
            let id = listed["passkeys"][0]["id"].as_str().unwrap();
            let path = format!("/me/passkeys/{id}");
            let call = match operation {
                "remove_passkey" => service.call("DELETE", &path),
                _ => service.call("PATCH", &path).json(&json!({ "name": "Key" })),
            };
            call.bearer(&owner.token)
        }
        "forget_device" => {
            let call = service.get("/me/devices").bearer(&minji.token);
            let listed = call.send().assert(200).json;
            let id = listed["devices"][0]["id"].as_str().unwrap();
            let call = service.call("DELETE", &format!("/me/devices/{id}"));
            call.bearer(&minji.token)
        }
        _ => plain().bearer(gate.credential(operation)),
    }
}

fn reset(gate: &Gate, transport: &Value) -> Call {
    let now = daemun::clock::Clock::system().now();
    let mailbox = gate.service.mailbox();
    let token = mailbox.forge(Purpose::ResetPassword, &gate.minji.email, now);
    let mut body = reset_by_token(&token);
    body["transport"] = transport.clone();
    gate.service.post("/password/reset", &body)
}

#[test]
fn every_operation_succeeds_as_documented() {
    for (_, _, operation) in operations(document()) {
        let id = operation["operationId"].as_str().unwrap();
        let statuses = object(&operation["responses"]).into_iter();
        let documented: BTreeSet<u16> = statuses
            .filter_map(|(status, _)| status.parse().ok())
            .filter(|status| *status < 400)
            .collect();
        // Devices are recognized for the sake of rate limits.
        let limits = [("DAEMUN_RATE_LIMITS", "on")];
        let gate = Gate::open(&[&PUBLIC[..], &limits].concat());
        let mut seen = BTreeSet::from([successful(&gate, id).send().status]);
        if id == "sign_up" {
            let strict = strict();
            let pending = strict.post("/signup", &new_account("new")).send();
            seen.insert(pending.status);
        }
        if id == "reset_password" {
            seen.insert(reset(&gate, &json!("token")).send().status);
        }
        assert_eq!(seen, documented, "{id}");
    }
}
