//! The problem codes: each that the OpenAPI document lists for an operation, caused by a request;
//! their page and their hints.

mod by_address;
mod by_confirmation;
mod by_email_code;
mod by_mail;
mod by_passkey;
mod by_second_factor;
mod by_service;
mod documentation;
mod faults;
mod gate;
mod hints;
mod request;
mod success;

use std::collections::BTreeMap;

use self::gate::Gate;
use crate::support::contract::{document, object, operations};

/// Codes that come from time and faults. Each has its own test.
const APART: [&str; 5] = [
    "database_unavailable",
    "internal",
    "not_ready",
    "overloaded",
    "request_timeout",
];

/// Operations that read no account, so that a damaged one does not affect them.
const UNBREAKABLE: [&str; 14] = [
    "create_passkey_log_in_options",
    "get_authorization_server",
    "get_captcha",
    "get_change_password_page",
    "get_config",
    "get_health",
    "get_key_set",
    "get_openapi",
    "get_openid_configuration",
    "get_password_reset_page",
    "get_problem_page",
    "get_readiness",
    "get_verification_page",
    "list_problems",
];

/// Returns the operations and the codes of each.
fn documented() -> BTreeMap<String, Vec<String>> {
    let operations = operations(document()).into_iter();
    operations
        .map(|(_, _, operation)| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let responses = object(&operation["responses"]).into_iter();
            let examples = responses.flat_map(|(_, response)| {
                object(&response["content"]["application/problem+json"]["examples"])
            });
            (id, examples.map(|(code, _)| code.to_owned()).collect())
        })
        .collect()
}

fn status(code: &str) -> u16 {
    let code = daemun::http::ProblemCode::of_slug(code);
    code.expect("a code of the table").status().as_u16()
}

#[test]
fn every_documented_code_comes_from_its_operation() {
    let gate = Gate::open(&[]);
    for (operation, codes) in documented() {
        for code in codes {
            if APART.contains(&code.as_str()) {
                continue;
            }
            let reply = gate.cause(&operation, &code);
            println!("{operation} {code}: {}", reply.text);
            reply.assert_problem(status(&code), &code);
        }
    }
    let me = gate.service.get("/me").bearer(&gate.minji.token).send();
    assert_eq!(me.assert(200).json["username"], "minji");
}

#[test]
fn every_documented_code_is_in_the_table() {
    let table: Vec<_> = daemun::http::ProblemCode::ALL
        .iter()
        .map(|code| code.slug())
        .collect();
    for (operation, codes) in documented() {
        for code in codes {
            assert!(table.contains(&code.as_str()), "{operation} {code}");
        }
    }
}
