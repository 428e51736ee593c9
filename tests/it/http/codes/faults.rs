//! The codes that come from time and faults.

use std::thread;

use daemun::domain::{credential::challenge::Purpose, timestamp::Timestamp};
use serde_json::json;

use super::{
    UNBREAKABLE,
    by_second_factor::waiting,
    documented,
    gate::{Gate, PUBLIC},
    request::{log_in, new_account, request, reset_by_token, with_body},
};
use crate::support::{PASSWORD, exchange, send_at_once};

#[test]
fn documented_database_codes_come_from_a_missing_database() {
    let gate = Gate::open(&PUBLIC);
    gate.service.home().hide_database();
    let mut seen = 0;
    for (operation, codes) in documented() {
        for code in codes {
            if code == "database_unavailable" || code == "not_ready" {
                let call = request(&gate.service, &operation);
                let is_anyones = ["sign_up", "log_in", "get_captcha", "get_readiness"]
                    .contains(&operation.as_str());
                let call = if is_anyones {
                    call
                } else {
                    call.bearer(gate.credential(&operation))
                };
                println!("{operation} {code}");
                call.send().assert_problem(503, &code);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 44);
    gate.service.home().show_database();
    let me = gate.service.get("/me").bearer(&gate.minji.token).send();
    assert_eq!(me.assert(200).json["username"], "minji");
    gate.service.get("/readyz").send().assert(200);
}

#[test]
fn documented_overload_codes_come_from_too_many_hashes() {
    let gate = Gate::open(&[
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    let mut seen = Vec::new();
    for (operation, codes) in documented() {
        // Operations without a hash are rejected when too many requests wait. They have their own test.
        let hashes_nothing = [
            "forgot_password",
            "request_log_in_code",
            "resend_verification",
        ]
        .contains(&operation.as_str());
        if !codes.contains(&String::from("overloaded")) || hashes_nothing {
            continue;
        }
        // A wrong password costs as much as a right one and changes nothing.
        let email = "minji@example.com";
        let mailbox = gate.service.mailbox();
        let body = match operation.as_str() {
            "verify_email" => json!({ "email": email, "code": "none", "password": "wrong" }),
            "reset_password" => {
                let owner = "taken@example.com";
                let now = Timestamp::from_micros(i64::MAX / 2);
                reset_by_token(&mailbox.forge(Purpose::ResetPassword, owner, now))
            }
            "log_in" => log_in("minji", "wrong"),
            "change_password" => json!({ "current_password": "wrong", "new_password": PASSWORD }),
            "confirm_session" => json!({ "password": "wrong" }),
            _ => new_account("crowd"),
        };
        let body = body.to_string();
        let replies = send_at_once((0..12).map(|_| {
            let call = with_body(&gate.service, &operation, body.as_bytes());
            call.bearer(&gate.minji.token)
        }));
        println!(
            "{operation}: {:?}",
            replies.iter().map(|reply| reply.status).collect::<Vec<_>>()
        );
        let mut refused = replies.into_iter().filter(|reply| reply.status == 503);
        let refused = refused.next().expect("one is refused");
        let refused = refused.assert_problem(503, "overloaded");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..60).contains(&seconds), "{seconds}");
        seen.push(operation);
    }
    assert_eq!(
        seen,
        [
            "change_password",
            "confirm_session",
            "log_in",
            "reset_password",
            "sign_up",
            "verify_email"
        ]
    );
}

#[test]
fn documented_internal_errors_come_from_a_damaged_account() {
    let gate = Gate::open(&PUBLIC);
    let end_of_time = Timestamp::from_micros(i64::MAX / 2);
    let mailbox = gate.service.mailbox();
    let reset = mailbox.forge(Purpose::ResetPassword, &gate.minji.email, end_of_time);
    let second_step = waiting(&gate.service, "waits", "token");
    let mut second_step = Some(second_step);
    let mut rows = gate.service.sql();
    rows.ignore_references();
    rows.run(
        "UPDATE users SET id = 'ruin' WHERE username_key = 'minji'; \
         UPDATE sessions SET user_id = 'ruin'; UPDATE challenges SET user_id = 'ruin'; \
         UPDATE second_factor_challenges SET user_id = 'ruin'",
    );
    for (operation, codes) in documented() {
        assert!(codes.contains(&String::from("internal")), "{operation}");
        if UNBREAKABLE.contains(&operation.as_str()) {
            let redirects = operation == "get_change_password_page";
            let status = if redirects { 302 } else { 200 };
            request(&gate.service, &operation).send().assert(status);
            continue;
        }
        // No account is named before a signature or a challenge is found.
        if ["log_in_with_passkey", "create_second_factor_options"].contains(&operation.as_str()) {
            continue;
        }
        if operation == "forgot_password" || operation == "request_log_in_code" {
            // The worker looks the account up later.
            request(&gate.service, &operation).send().assert(202);
            continue;
        }
        let call = match operation.as_str() {
            "reset_password" => gate
                .service
                .post("/password/reset", &reset_by_token(&reset)),
            "sign_up" => gate.service.post("/signup", &new_account("minji")),
            "log_in_with_second_factor" => second_step.take().unwrap(),
            "introspect" => request(&gate.service, "introspect")
                .body(
                    "application/x-www-form-urlencoded",
                    format!("token={}", gate.minji.token).as_bytes(),
                )
                .bearer(&gate.service_key),
            _ => request(&gate.service, &operation).bearer(&gate.minji.token),
        };
        let reply = call.send().assert_problem(500, "internal");
        assert!(
            !reply.text.contains("ruin") && !reply.text.contains("users"),
            "{}",
            reply.text
        );
    }
}

#[test]
fn documented_timeouts_come_from_bodies_slower_than_ten_seconds() {
    let gate = Gate::open(&[]);
    let address = gate.service.address();
    let slow = [
        "change_email",
        "change_password",
        "confirm_session",
        "create_confirmation_options",
        "create_passkey_log_in_options",
        "create_passkey_options",
        "create_recovery_codes",
        "create_second_factor_options",
        "forgot_password",
        "introspect",
        "log_in",
        "log_in_with_code",
        "log_in_with_passkey",
        "log_in_with_second_factor",
        "register_passkey",
        "rename_passkey",
        "request_log_in_code",
        "resend_verification",
        "reset_password",
        "set_up_totp",
        "sign_up",
        "update_me",
        "verify_email",
        "verify_totp",
    ];
    let listed = documented()
        .into_iter()
        .filter(|(_, codes)| codes.contains(&String::from("request_timeout")));
    assert!(listed.map(|(operation, _)| operation).eq(slow));
    let places = [
        "PUT /me/password",
        "POST /me/confirm",
        "POST /login",
        "POST /login/second-factor",
        "POST /login/code",
        "POST /login/code/verify",
        "POST /signup",
        "PATCH /me",
        "POST /introspect",
        "PUT /me/email",
        "POST /email/verify",
        "POST /email/resend",
        "POST /password/forgot",
        "POST /password/reset",
        "POST /me/totp",
        "POST /me/totp/verify",
        "POST /me/recovery-codes",
        "POST /login/passkey/options",
        "POST /login/passkey",
        "POST /login/second-factor/options",
        "POST /me/confirm/options",
        "POST /me/passkeys/options",
        "POST /me/passkeys",
        "PATCH /me/passkeys/019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b",
    ];
    thread::scope(|scope| {
        for place in places {
            let (credential, kind) = match place {
                "POST /introspect" => (&gate.service_key, "x-www-form-urlencoded"),
                _ => (&gate.minji.token, "json"),
            };
            let request = format!(
                "{place} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {credential}\r\n\
                 Content-Type: application/{kind}\r\nContent-Length: 20\r\n\r\n{{\"username\":",
            );
            scope.spawn(move || {
                let reply = exchange(address, request.as_bytes());
                reply.assert_problem(408, "request_timeout");
            });
        }
    });
}
