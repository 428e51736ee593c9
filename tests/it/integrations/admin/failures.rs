//! The problem codes of the admin API: each that its document lists for an operation, caused by a
//! request.

use serde_json::{Value, json};

use super::{Admin, new_key, new_user};
use crate::support::{
    Call, PASSWORD, Reply,
    contract::{admin_document, object, operations},
    exchange,
};

const NO_ID: &str = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b";

/// Codes that every operation documents and that come from faults or from time.
const APART: [&str; 5] = [
    "database_unavailable",
    "internal",
    "not_ready",
    "overloaded",
    "request_timeout",
];

/// Returns the method, the path and the codes of every operation, and its id.
fn documented() -> Vec<(String, String, String, Vec<String>)> {
    let operations = operations(admin_document()).into_iter();
    let listed = operations.map(|(path, method, operation)| {
        let responses = object(&operation["responses"]).into_iter();
        let codes = responses.flat_map(|(_, response)| {
            object(&response["content"]["application/problem+json"]["examples"])
        });
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let codes = codes.map(|(code, _)| code.to_owned()).collect();
        (id, method.to_uppercase(), path.to_owned(), codes)
    });
    listed.collect()
}

/// Returns a valid body of an operation, if it has one.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "create_user" => new_user("new"),
        "update_user" => json!({ "roles": [] }),
        "set_user_password" => json!({ "password": PASSWORD }),
        "unlock_user" | "create_invitation" => json!({}),
        _ => return None,
    })
}

/// A service with an account, and the requests to it.
struct Requests {
    admin: Admin,
    id: String,
}

impl Requests {
    fn new() -> Self {
        let admin = Admin::start();
        let id = admin.create("minji");
        let mut taken = new_user("taken");
        taken["external_id"] = json!("taken");
        admin.post("/admin/users", &taken).assert(201);
        Self { admin, id }
    }

    /// Returns a request without a key, for the account where one is named.
    fn plain(&self, operation: &str, method: &str, path: &str) -> Call {
        let path = path.replace("{session}", NO_ID).replace("{code}", "none");
        let id = if path.contains("invitations") {
            NO_ID
        } else {
            &self.id
        };
        let call = self.admin.service.admin(method, &path.replace("{id}", id));
        match body(operation) {
            Some(body) => call.json(&body),
            None => call,
        }
    }

    fn cause(&self, operation: &str, method: &str, path: &str, code: &str) -> Reply {
        let key = &self.admin.key;
        let plain = || self.plain(operation, method, path);
        let with = |value: Value| plain().bearer(key).json(&value);
        let changed = |member: &str, value: &str| {
            let mut changed = body(operation).unwrap();
            changed[member] = json!(value);
            with(changed)
        };
        let call = match code {
            "service_key_invalid" | "not_found" => plain(),
            "scope_missing" => {
                let name = operation.replace('_', "-");
                plain().bearer(&new_key(&self.admin.service, &name, &[]))
            }
            "user_not_found" => {
                let path = path.replace("{id}", NO_ID).replace("{session}", NO_ID);
                let call = self.admin.call(method, &path);
                body(operation).map_or(call, |_| {
                    self.admin
                        .call(method, &path)
                        .json(&body(operation).unwrap())
                })
            }
            "session_not_found" | "invitation_not_found" => plain().bearer(key),
            "cursor_invalid" => self.admin.call(method, &format!("{path}?cursor=none")),
            "validation_failed" if body(operation).is_none() => {
                let path = path.replace("{id}", &self.id).replace("{session}", NO_ID);
                self.admin.call(method, &format!("{path}?limit=0"))
            }
            "validation_failed" => with(json!({ "nothing": 1 })),
            "malformed_json" => plain().bearer(key).body("application/json", b"{"),
            "payload_too_large" => {
                let large = vec![b' '; 16 * 1024 + 1];
                plain().bearer(key).body("application/json", &large)
            }
            "unsupported_media_type" => plain().bearer(key).header("content-encoding", "gzip"),
            "headers_too_large" => plain().header("x-pad", &"p".repeat(17 * 1024)),
            "username_taken" => changed("username", "taken"),
            "email_taken" => changed("email", "taken@example.com"),
            "external_id_taken" => changed("external_id", "taken"),
            "mail_not_configured" if operation == "create_user" => {
                with(json!({ "username": "new", "email": "new@example.com" }))
            }
            "mail_not_configured" => with(json!({ "email": "new@example.com" })),
            "idempotency_key_reused" => {
                let key = "0123456789abcdef";
                let first = self
                    .admin
                    .call("POST", "/admin/users")
                    .json(&new_user("first"));
                first.header("idempotency-key", key).send().assert(201);
                with(new_user("second")).header("idempotency-key", key)
            }
            unknown => panic!("{operation} may respond {unknown}: state how to cause it"),
        };
        call.send()
    }
}

fn status(code: &str) -> u16 {
    let code = daemun::http::ProblemCode::of_slug(code);
    code.expect("a code of the table").status().as_u16()
}

#[test]
fn every_documented_code_of_the_admin_api_comes_from_its_operation() {
    let requests = Requests::new();
    for (operation, method, path, codes) in documented() {
        for code in codes {
            if APART.contains(&code.as_str()) {
                continue;
            }
            let reply = requests.cause(&operation, &method, &path, &code);
            println!("{operation} {code}: {}", reply.text);
            reply.assert_problem(status(&code), &code);
        }
    }
}

#[test]
fn every_operation_of_the_admin_api_rejects_unknown_parameters() {
    let requests = Requests::new();
    let operations = documented().into_iter();
    for (operation, method, path, _) in operations.filter(|(_, _, path, _)| path.contains("admin"))
    {
        let call = requests.plain(&operation, &method, &format!("{path}?usr=1"));
        let reply = call.bearer(&requests.admin.key).send();
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), ["usr unknown_field"], "{operation}");
    }
}

#[test]
fn documented_database_codes_of_the_admin_api_come_from_a_missing_database() {
    let requests = Requests::new();
    requests.admin.service.home().hide_database();
    let mut seen = 0;
    for (operation, method, path, codes) in documented() {
        for code in ["database_unavailable", "not_ready"] {
            if codes.iter().any(|listed| listed == code) {
                let call = requests.plain(&operation, &method, &path);
                call.bearer(&requests.admin.key)
                    .send()
                    .assert_problem(503, code);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 16);
    requests.admin.service.home().show_database();
    assert_eq!(requests.admin.names("query=taken"), ["taken"]);
}

#[test]
fn documented_internal_codes_of_the_admin_api_come_from_a_damaged_account() {
    let requests = Requests::new();
    let id = &requests.id;
    requests
        .admin
        .service
        .sql()
        .run("UPDATE users SET id = 'damaged' WHERE username_key = 'taken'");
    requests
        .admin
        .get("/admin/users")
        .assert_problem(500, "internal");
    requests
        .admin
        .get(&format!("/admin/users/{id}"))
        .assert(200);
}

#[test]
fn a_body_of_the_admin_api_must_arrive_in_time() {
    let requests = Requests::new();
    let address = requests.admin.service.admin_address().unwrap();
    let head = format!(
        "POST /admin/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        requests.admin.key
    );
    exchange(address, head.as_bytes()).assert_problem(408, "request_timeout");
}

#[test]
fn the_admin_api_is_overloaded_when_too_many_passwords_wait() {
    let settings = [
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ];
    let admin = Admin::start_with(&settings);
    let calls = (0..16).map(|number| {
        let body = new_user(&format!("user{number}"));
        admin.call("POST", "/admin/users").json(&body)
    });
    let replies = crate::support::send_at_once(calls.collect::<Vec<_>>());
    let mut overloaded = replies.into_iter().filter(|reply| reply.status == 503);
    let reply = overloaded.next().expect("one request too many");
    reply.assert_problem(503, "overloaded");
}
