//! The hint after an exceeded limit: it names the setting of that limit.

use std::time::Duration;

use daemun::domain::rate_limit::limit_name::LimitName;
use serde_json::json;

use super::words;
use crate::support::{Call, PASSWORD, TestService, guesses::from_anywhere};

/// Each limit at one, with a call that exceeds it when it is sent twice.
type Case = (
    &'static str,
    LimitName,
    fn(&TestService, &str, usize) -> Call,
);

const CASES: [Case; 9] = [
    ("sign-ups=1", LimitName::SignUp, |service, _, turn| {
        let name = format!("other{turn}");
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        service.post("/signup", &body)
    }),
    ("log-ins=1", LimitName::LogIn, |service, _, _| {
        service.post(
            "/login",
            &json!({ "identifier": "minji", "password": PASSWORD }),
        )
    }),
    (
        "mail-requests=1",
        LimitName::MailRequest,
        |service, _, _| service.post("/password/forgot", &json!({ "email": "minji@example.com" })),
    ),
    (
        "network-failures=1",
        LimitName::NetworkFailures,
        |service, _, turn| {
            let identifier = format!("unknown{turn}");
            service.post(
                "/login",
                &json!({ "identifier": identifier, "password": "wrong" }),
            )
        },
    ),
    ("failures=1", LimitName::Failures, |service, _, _| {
        service.post(
            "/login",
            &json!({ "identifier": "minji", "password": "wrong" }),
        )
    }),
    ("codes=1", LimitName::WrongCodes, |service, token, _| {
        let call = service.post("/email/verify", &json!({ "code": "none" }));
        call.bearer(token)
    }),
    ("changes=1", LimitName::Changes, rename),
    ("network-changes=1", LimitName::NetworkChanges, rename),
    (
        "account-failures=10",
        LimitName::AccountFailures,
        |service, _, turn| {
            service.pass(Duration::from_mins(15));
            let identifier = if turn % 2 == 0 {
                "minji"
            } else {
                "minji@example.com"
            };
            from_anywhere(service.post(
                "/login",
                &json!({ "identifier": identifier, "password": "wrong" }),
            ))
        },
    ),
];

fn rename(service: &TestService, token: &str, turn: usize) -> Call {
    let body = json!({ "username": format!("renamed{turn}") });
    service.call("PATCH", "/me").json(&body).bearer(token)
}

#[test]
fn the_hint_of_a_limit_names_the_setting_that_caused_it() {
    for (flag, limit, call) in CASES {
        let flag = format!("--limit-{flag}");
        let flags = ["--rate-limits=on", "--trusted-proxies=127.0.0.1", &flag];
        let service = TestService::start_with_mail(&flags);
        let token = service.sign_up("minji");
        let exceeded = (0..20)
            .map(|turn| call(&service, &token, turn).send())
            .find(|reply| reply.status == 429);
        let reply = exceeded.unwrap_or_else(|| panic!("{flag} is never exceeded"));
        let reply = reply.assert_problem(429, "too_many_requests");
        let hint = reply.json["hint"].as_str().unwrap();
        let setting = flag.split('=').next().unwrap().trim_start_matches("--");
        let setting = format!("DAEMUN_{}", setting.to_uppercase().replace('-', "_"));
        assert!(hint.contains(&format!("`{limit}`")), "{flag}: {hint}");
        assert!(
            words(hint, "DAEMUN_").any(|word| word == setting),
            "{flag}: {hint}"
        );
    }
    assert!(
        LimitName::ALL
            .iter()
            .all(|limit| CASES.iter().any(|case| case.1 == *limit))
    );
}
