//! Wrong codes, which count like wrong passwords.

use std::time::Duration;

use serde_json::json;

use super::{EMAIL, request, start_with};
use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{body, from_anywhere, guess, log_in as log_in_by_password, refused, shape},
};

const MINUTE: Duration = Duration::from_mins(1);

/// Rate limits on, except the one in front of the routes, which has its own clock.
const LIMITED: [&str; 5] = [
    "--rate-limits=on",
    "--limit-log-ins=10000",
    "--limit-mail-requests=10000",
    "--limit-sign-ups=10000",
    "--trusted-proxies=127.0.0.1",
];

fn try_code(service: &TestService, email: &str, code: &str) -> Reply {
    let call = service.post(
        "/login/code/verify",
        &json!({ "email": email, "code": code }),
    );
    from_anywhere(call).send()
}

#[test]
fn wrong_codes_and_wrong_passwords_share_the_failures_of_an_account() {
    let service = start_with(&LIMITED);
    let code = request(&service);
    for _try in 0..2 {
        guess(&service, EMAIL).assert(401);
        try_code(&service, EMAIL, "none").assert_problem(422, "code_invalid");
    }
    try_code(&service, EMAIL, "none").assert(422);
    let (wait, name) = refused(try_code(&service, EMAIL, &code));
    assert_eq!((wait, name.as_str()), (60, "failures"));
    let by_password = log_in_by_password(&service, &body(EMAIL, PASSWORD));
    assert_eq!(refused(by_password).0, 60);
    service.pass(MINUTE);
    try_code(&service, EMAIL, &code).assert(200);
    // The login has reset the failures.
    for _free in 0..5 {
        guess(&service, EMAIL).assert(401);
    }
}

#[test]
fn account_is_locked_out_after_a_hundred_wrong_codes_like_an_unknown_address() {
    let service = start_with(&LIMITED);
    let fail = |email: &str| {
        let mut failures = 0;
        loop {
            let reply = try_code(&service, email, "none");
            if reply.status != 422 {
                return (failures, refused(reply).1);
            }
            failures += 1;
            service.pass(15 * MINUTE);
        }
    };
    let known = fail(EMAIL);
    assert_eq!(known, (100, String::from("account-failures")));
    assert_eq!(fail("unknown@example.com"), known);
    let by_password = log_in_by_password(&service, &body("minji", PASSWORD));
    assert_eq!(refused(by_password).1, "account-failures");
}

#[test]
fn wrong_code_has_the_same_response_for_an_unknown_address() {
    let service = start_with(&LIMITED);
    request(&service);
    let known = try_code(&service, EMAIL, "000000");
    let unknown = try_code(&service, "unknown@example.com", "000000");
    assert_eq!(shape(&known), shape(&unknown));
}

#[test]
fn recognized_device_waits_only_for_its_own_failures() {
    let service = start_with(&LIMITED);
    let code = request(&service);
    let first = try_code(&service, EMAIL, &code).assert(200);
    let device = first.json["device_token"].as_str().unwrap();
    while guess(&service, EMAIL).status == 401 {}
    service.pass(MINUTE);
    let code = request(&service);
    while guess(&service, EMAIL).status == 401 {}
    let body = json!({ "email": EMAIL, "code": code, "device_token": device });
    let call = service.post("/login/code/verify", &body);
    from_anywhere(call).send().assert(200);
}
