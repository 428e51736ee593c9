//! Response times of known and unknown accounts, which must not differ.

use serde_json::json;

use crate::support::{Comparison, PASSWORD, Service, assert_same_response, wait_until};

/// The attempts of each kind, which the limits of the test allow.
const ACCOUNTS: usize = 4;
const TRIES: usize = 60;

/// Short hashes, so that differences in other work show, and limits that reject nothing.
const SETTINGS: [(&str, &str); 9] = [
    ("DAEMUN_LIMIT_SIGN_UPS", "10000"),
    ("DAEMUN_CAPTCHA", "off"),
    ("DAEMUN_BCRYPT_COST", "6"),
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_LIMIT_NETWORK_FAILURES", "10000"),
    ("DAEMUN_LIMIT_MAIL_REQUESTS", "10000"),
    ("DAEMUN_LIMIT_FAILURES", "100"),
    ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "100"),
];

#[test]
fn a_login_takes_as_long_for_an_unknown_account() {
    let service = Service::start_with(&SETTINGS);
    for number in 0..ACCOUNTS {
        service.sign_up(&format!("person{number}"));
    }
    for (what, suffix) in [("by username", ""), ("by address", "@example.com")] {
        let names = ["person", "nobody"];
        let compared = Comparison::measure(ACCOUNTS * TRIES / 2, |kind, round| {
            let identifier = format!("{}{}{suffix}", names[kind], round % ACCOUNTS);
            let body = json!({ "identifier": identifier, "password": "wrong" });
            service.post("/login", &body)
        });
        compared.assert_alike(&format!("login {what}, known and unknown"));
    }
    let last = json!({ "identifier": "person0", "password": "wrong" });
    service.post("/login", &last).send().assert(401);
}

#[test]
fn a_wrong_password_takes_as_long_for_an_account_with_a_second_factor() {
    let service = Service::start_with(&SETTINGS);
    for number in 0..ACCOUNTS {
        service.sign_up(&format!("one{number}"));
        service.sign_up(&format!("two{number}"));
    }
    service.sql().run(
        "INSERT INTO second_factors SELECT id, token_hash, 1 FROM
             (SELECT users.id, token_hash FROM users JOIN sessions ON user_id = users.id WHERE username LIKE 'two%') AS two;
         INSERT INTO totp_secrets SELECT user_id, user_handle, 1, 1, '', 0, 0 FROM second_factors",
    );
    let compared = Comparison::measure(ACCOUNTS * TRIES / 2, |kind, round| {
        let identifier = format!("{}{}", ["one", "two"][kind], round % ACCOUNTS);
        let body = json!({ "identifier": identifier, "password": "wrong" });
        service.post("/login", &body)
    });
    compared.assert_alike("login with a wrong password, with and without a second factor");
    let replies = ["one0", "two0"].map(|name| {
        let body = json!({ "identifier": name, "password": "wrong" });
        service.post("/login", &body).send()
    });
    assert_same_response(&replies);
    let right = json!({ "identifier": "two0", "password": PASSWORD });
    let right = service.post("/login", &right).send();
    right.assert_problem(401, "second_factor_required");
}

/// Starts a service with an account for each round, in this verification mode.
fn with_accounts(rounds: usize, verification: &str) -> Service {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    let mut service = Service::start_with(&[mail, ("DAEMUN_EMAIL_VERIFICATION", "off")]);
    for round in 0..rounds {
        service.sign_up(&format!("known{round}"));
    }
    service.stop();
    let mode = ("DAEMUN_EMAIL_VERIFICATION", verification);
    let by_code = ("DAEMUN_EMAIL_LOG_IN", "on");
    let settings = [&SETTINGS[..], &[mail, mode, by_code]].concat();
    Service::try_start_in(service.home(), &settings).unwrap()
}

/// Returns the address of a round's account, or an unregistered one.
fn email(kind: usize, round: usize) -> String {
    format!("{}{round}@example.com", ["known", "nobody"][kind])
}

#[test]
fn mail_requests_take_as_long_for_an_unknown_address() {
    const ROUNDS: usize = 150;
    let service = with_accounts(ROUNDS, "optional");
    for path in ["/password/forgot", "/email/resend"] {
        let compared = Comparison::measure(ROUNDS, |kind, round| {
            service.post(path, &json!({ "email": email(kind, round) }))
        });
        compared.assert_alike(&format!("{path}, known and unknown"));
    }
    for path in ["/email/verify", "/password/reset"] {
        // The registered addresses were sent a code by now.
        let compared = Comparison::measure(ROUNDS, |kind, round| {
            let mut body = json!({ "email": email(kind, round), "code": "none" });
            let field = ["password", "new_password"][usize::from(path == "/password/reset")];
            body[field] = json!("Another-Staple-8-lantern");
            service.post(path, &body)
        });
        compared.assert_alike(&format!("{path} with a wrong code, known and unknown"));
    }
    let last = service.post("/password/forgot", &json!({ "email": email(0, 0) }));
    last.send().assert(202);
}

#[test]
fn login_by_code_takes_as_long_for_an_unknown_address() {
    const ROUNDS: usize = 150;
    let service = with_accounts(ROUNDS, "optional");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let compared = Comparison::measure(ROUNDS, |kind, round| {
        service.post("/login/code", &json!({ "email": email(kind, round) }))
    });
    compared.assert_alike("/login/code, known and unknown");
    let mailbox = service.mailbox();
    wait_until(|| mailbox.requests_waiting() == 0);
    let compared = Comparison::measure(ROUNDS, |kind, round| {
        let body = json!({ "email": email(kind, round), "code": "none" });
        service.post("/login/code/verify", &body)
    });
    compared.assert_alike("/login/code/verify with a wrong code, known and unknown");
    let last = json!({ "email": email(0, 0), "code": "none" });
    let last = service.post("/login/code/verify", &last).send();
    last.assert_problem(422, "code_invalid");
}

#[test]
fn with_required_verification_signup_takes_as_long_for_a_known_address() {
    const ROUNDS: usize = 120;
    let service = with_accounts(ROUNDS, "required");
    let sign_up = |username: &str, email: &str| {
        let body = json!({ "username": username, "email": email, "password": PASSWORD });
        service.post("/signup", &body)
    };
    let compared = Comparison::measure(ROUNDS, |kind, round| {
        let username = format!("{}{round}", ["one", "other"][kind]);
        sign_up(&username, &email(kind, round))
    });
    compared.assert_alike("signup, known and unknown address");
    sign_up("last", "last@example.com").send().assert(202);
}
