//! Confirmations of sessions of accounts with a second factor.

use std::time::Duration;

use serde_json::{Value, json};

use super::mails;
use crate::support::{
    PASSWORD, Reply, TestService,
    authenticator_app::{AuthenticatorApp, STEP, credentials, first_step, second_step},
    guesses::{from_anywhere, refused},
    send_at_once,
};

const MINUTE: Duration = Duration::from_mins(1);
const METHODS: [&str; 2] = ["totp", "recovery_code"];

/// An account with an authenticator app, and its session, which is no longer confirmed.
struct Enrolled {
    service: TestService,
    token: String,
    app: AuthenticatorApp,
    recovery_codes: Vec<String>,
}

impl Enrolled {
    fn new(flags: &[&str]) -> Self {
        let (service, token) = super::with_mail(flags);
        let (app, recovery_codes) = AuthenticatorApp::set_up(&service, &token);
        service.pass(10 * MINUTE);
        Self {
            service,
            token,
            app,
            recovery_codes,
        }
    }

    fn confirm(&self, body: &Value) -> Reply {
        let call = self.service.post("/me/confirm", body).bearer(&self.token);
        from_anywhere(call).send()
    }

    fn confirm_by_code(&self, code: &str) -> Reply {
        self.confirm(&json!({ "password": PASSWORD, "code": code }))
    }

    fn delete_me(&self) -> Reply {
        let call = self.service.call("DELETE", "/me");
        call.bearer(&self.token).send()
    }
}

#[track_caller]
fn assert_unconfirmed(reply: Reply) {
    let reply = reply.assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(METHODS));
    assert_eq!(reply.json["challenge"], Value::Null);
}

#[test]
fn the_password_alone_is_not_enough() {
    let minji = Enrolled::new(&[]);
    assert_unconfirmed(minji.delete_me());
    assert_unconfirmed(minji.confirm(&json!({ "password": PASSWORD })));
    // The response does not depend on the password.
    assert_unconfirmed(minji.confirm(&json!({ "password": "wrong" })));
    assert_unconfirmed(minji.delete_me());
    let code = minji.app.code(&minji.service);
    minji.confirm_by_code(&code).assert(204);
    minji.delete_me().assert(204);
}

#[test]
fn the_code_alone_is_not_enough() {
    let minji = Enrolled::new(&[]);
    let code = minji.app.code(&minji.service);
    let reply = minji.confirm(&json!({ "code": code }));
    let refused = reply.assert_problem(422, "validation_failed").refused();
    assert_eq!(refused, ["password required"]);
    let wrong = json!({ "password": "wrong", "code": code });
    minji
        .confirm(&wrong)
        .assert_problem(403, "current_password_wrong");
    assert_unconfirmed(minji.delete_me());
    // The wrong password did not use the code up.
    minji.confirm_by_code(&code).assert(204);
}

#[test]
fn two_kinds_of_codes_are_rejected_together() {
    let minji = Enrolled::new(&[]);
    let both = json!({ "password": PASSWORD, "code": "1", "recovery_code": "2" });
    let reply = minji
        .confirm(&both)
        .assert_problem(422, "validation_failed");
    assert_eq!(
        reply.refused(),
        ["code conflicting_field", "recovery_code conflicting_field"]
    );
}

#[test]
fn a_code_confirms_one_session_once() {
    let minji = Enrolled::new(&[]);
    let code = minji.app.code(&minji.service);
    let replies = send_at_once((0..8).map(|_| {
        let body = json!({ "password": PASSWORD, "code": code });
        let call = minji.service.post("/me/confirm", &body);
        call.bearer(&minji.token)
    }));
    let of = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    assert_eq!((of(204), of(422)), (1, 7));
}

#[test]
fn a_recovery_code_confirms_and_is_used_up_and_mailed() {
    let minji = Enrolled::new(&[]);
    let body = json!({ "password": PASSWORD, "recovery_code": minji.recovery_codes[0] });
    minji.confirm(&body).assert(204);
    let renewed = minji.service.post("/me/recovery-codes", &json!({}));
    assert_eq!(mails(&minji.service, "recovery_code_used"), 1);
    renewed.bearer(&minji.token).send().assert(200);
    minji.service.pass(10 * MINUTE);
    minji.confirm(&body).assert_problem(422, "code_invalid");
}

#[test]
fn a_login_with_every_factor_confirms_and_one_with_a_recovery_code_does_not() {
    let minji = Enrolled::new(&[]);
    let service = &minji.service;
    let change = |token: &str| {
        let call = service.post("/me/recovery-codes", &json!({})).bearer(token);
        call.send()
    };
    let challenge = first_step(service, &credentials("minji"));
    let by_code = second_step(service, &challenge, &minji.app.code(service));
    let body = json!({
        "challenge": first_step(service, &credentials("minji")), "recovery_code": minji.recovery_codes[0]
    });
    let by_recovery_code = service.post("/login/second-factor", &body).send();
    assert_unconfirmed(change(&by_recovery_code.assert(200).token()));
    change(&by_code.send().assert(200).token()).assert(200);
}

#[test]
fn a_change_of_password_needs_a_confirmation_with_a_second_factor() {
    let minji = Enrolled::new(&[]);
    let change = |current: &str| {
        let body =
            json!({ "current_password": current, "new_password": "Another-Staple-8-lantern" });
        let call = minji.service.call("PUT", "/me/password").json(&body);
        call.bearer(&minji.token).send()
    };
    // The response does not depend on the password.
    assert_unconfirmed(change("wrong"));
    assert_unconfirmed(change(PASSWORD));
    let code = minji.app.code(&minji.service);
    minji.confirm_by_code(&code).assert(204);
    change(PASSWORD).assert(204);
}

#[test]
fn wrong_codes_count_for_the_account_and_end_the_session() {
    let minji = Enrolled::new(&["--rate-limits=on", "--trusted-proxies=127.0.0.1"]);
    let wrong = || {
        let code = minji.app.wrong_code(&minji.service);
        minji.confirm_by_code(&code)
    };
    for minutes in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
        minji.service.pass(minutes * MINUTE);
        wrong().assert_problem(422, "code_invalid");
    }
    let (wait, name) = refused(wrong());
    assert_eq!((wait, name.as_str()), (15 * 60, "failures"));
    minji.service.pass(15 * MINUTE);
    wrong().assert_problem(401, "not_authenticated");
    minji.delete_me().assert_problem(401, "not_authenticated");
}

#[test]
fn a_right_code_resets_the_wrong_ones() {
    let minji = Enrolled::new(&["--rate-limits=on", "--trusted-proxies=127.0.0.1"]);
    for _round in 0..2 {
        for _free in 0..4 {
            let code = minji.app.wrong_code(&minji.service);
            minji
                .confirm_by_code(&code)
                .assert_problem(422, "code_invalid");
        }
        let code = minji.app.code(&minji.service);
        minji.confirm_by_code(&code).assert(204);
        minji.service.pass(STEP);
    }
}

#[test]
fn an_account_without_a_second_factor_confirms_with_the_password_alone() {
    let minji = Enrolled::new(&[]);
    let code = minji.app.code(&minji.service);
    minji.confirm_by_code(&code).assert(204);
    let removal = minji
        .service
        .call("DELETE", "/me/totp")
        .bearer(&minji.token);
    removal.send().assert(204);
    minji.service.pass(10 * MINUTE);
    let code = minji.app.code(&minji.service);
    let reply = minji.confirm_by_code(&code);
    let reply = reply.assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(["password"]));
    minji.confirm(&json!({ "password": PASSWORD })).assert(204);
}
