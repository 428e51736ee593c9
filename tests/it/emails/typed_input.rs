//! Names, addresses and codes as people type them.

use daemun::domain::credential::challenge::{CODE_TRIES, Purpose};
use serde_json::json;

use crate::support::{PASSWORD, TestService};

const EMAIL: &str = "minji@example.com";
const NEW: &str = "Another-Staple-8-lantern";

fn padded(text: &str) -> String {
    format!(" \t{text}\u{3000}\u{a0}\n")
}

/// Returns a code in the digits of the script whose zero is given.
fn in_script(code: &str, zero: u32) -> String {
    let digits = code.chars().map(|digit| zero + digit.to_digit(10).unwrap());
    digits.map(|digit| char::from_u32(digit).unwrap()).collect()
}

/// Returns a code as people type it: grouped, dictated, in another script, or copied with context.
fn ways_to_type(code: &str) -> Vec<String> {
    let (head, tail) = code.split_at(3);
    let mut ways = vec![
        format!("{head} {tail}"),
        format!("{head}-{tail}"),
        format!("{head}\u{2011}{tail}"),
        format!("{head}\u{2013}{tail}"),
        padded(code),
        code.chars().flat_map(|digit| [digit, ' ']).collect(),
    ];
    // Fullwidth, Arabic-Indic, Extended Arabic-Indic, Devanagari, Thai, Adlam, mathematical sans-serif.
    let zeros = [0xff10, 0x660, 0x6f0, 0x966, 0xe50, 0x1_e950, 0x1_d7e2];
    ways.extend(zeros.map(|zero| in_script(code, zero)));
    ways.push(in_script(&format!("{head}{tail}"), 0xff10).replace('０', "0"));
    ways
}

#[test]
fn surrounding_white_space_is_removed_from_names_and_addresses() {
    let service = TestService::start_with_mail(&[]);
    let account =
        json!({ "username": padded("minji"), "email": padded(EMAIL), "password": PASSWORD });
    let key = "0123456789abcdef";
    let signed_up = service.post("/signup", &account);
    let signed_up = signed_up.header("idempotency-key", key).send().assert(201);
    assert_eq!(signed_up.json["user"]["username"], "minji");
    assert_eq!(signed_up.json["user"]["email"], EMAIL);
    let account = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    let repeated = service
        .post("/signup", &account)
        .header("idempotency-key", key);
    let repeated = repeated.send().assert(201);
    assert_eq!(
        repeated.json["user"], signed_up.json["user"],
        "the same body"
    );

    for identifier in ["minji", EMAIL, "MINJI", "ｍｉｎｊｉ"] {
        let body = json!({ "identifier": padded(identifier), "password": PASSWORD });
        service.post("/login", &body).send().assert(200);
    }
    let token = signed_up.token();
    let change = |method: &str, path: &str, body| {
        service.call(method, path).json(&body).bearer(&token).send()
    };
    let renamed = change("PATCH", "/me", json!({ "username": padded("Minji.K") }));
    assert_eq!(renamed.assert(200).json["username"], "Minji.K");
    let other = json!({ "email": padded("other@example.com") });
    change("PUT", "/me/email", other).assert(202);
    for path in ["/email/resend", "/password/forgot"] {
        let body = json!({ "email": padded(EMAIL) });
        service.post(path, &body).send().assert(202);
    }
}

#[test]
fn inner_or_lone_white_space_is_rejected() {
    let service = TestService::start();
    for (username, email, refused) in [
        (" \n", "\t", ["username too_short", "email invalid_email"]),
        (
            "min ji",
            "minji @example.com",
            ["username invalid_characters", "email invalid_email"],
        ),
    ] {
        let body = json!({ "username": username, "email": email, "password": PASSWORD });
        let reply = service.post("/signup", &body).send();
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), refused);
    }
}

#[test]
fn a_password_is_compared_with_the_normalized_username() {
    let service = TestService::start();
    let body = json!({ "username": padded(PASSWORD), "email": "nowhere", "password": PASSWORD });
    let reply = service.post("/signup", &body).send();
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["email invalid_email", "password password_equals_username"]
    );
}

#[test]
fn a_password_keeps_its_white_space() {
    let service = TestService::start();
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": padded(PASSWORD) });
    let reply = service.post("/login", &body).send();
    reply.assert_problem(401, "invalid_credentials");
}

#[test]
fn a_code_is_accepted_in_every_typed_form() {
    let service = TestService::start_with_mail(&[]);
    let token = service.sign_up("minji");
    let mailbox = service.mailbox();
    for typed in 0..ways_to_type("000000").len() {
        let name = format!("reader{typed}");
        let email = format!("{name}@example.com");
        service.sign_up(&name);
        let code = mailbox.code(Purpose::VerifyEmail, &email);
        let typed = &ways_to_type(&code)[typed];
        let body = json!({ "email": padded(&email), "code": typed, "password": PASSWORD });
        let reply = service.post("/email/verify", &body).send();
        assert_eq!(reply.assert(200).json["email_verified"], true, "{typed:?}");
    }

    let code = mailbox.code(Purpose::VerifyEmail, EMAIL);
    let body = json!({ "code": in_script(&code, 0xff10) });
    let verify = service.post("/email/verify", &body).bearer(&token);
    verify.send().assert(200);

    service.request_password_reset(EMAIL);
    let code = mailbox.code(Purpose::ResetPassword, EMAIL);
    let (head, tail) = code.split_at(3);
    let body = json!({ "email": EMAIL, "code": format!("{head} {tail}"), "new_password": NEW });
    service.post("/password/reset", &body).send().assert(204);
}

#[test]
fn a_wrong_code_counts_as_one_attempt_in_every_typed_form() {
    let service = TestService::start_with_mail(&[]);
    let token = service.sign_up("minji");
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, EMAIL);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let verify = |code: &str| {
        let call = service.post("/email/verify", &json!({ "code": code }));
        call.bearer(&token).send()
    };
    for typed in [format!("{wrong}-{code}"), in_script(wrong, 0x660)] {
        verify(&typed).assert_problem(422, "code_invalid");
    }
    let left = mailbox.tries_left(Purpose::VerifyEmail, EMAIL);
    assert_eq!(left, (CODE_TRIES - 2).to_string());
    verify(&ways_to_type(&code)[0]).assert(200);
}
