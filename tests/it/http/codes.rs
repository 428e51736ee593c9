//! Every code that the OpenAPI document lists for an operation really comes from it

use std::{collections::BTreeMap, fs, io::Write, path::Path, process::Stdio, thread};

use serde_json::{Value, json};

use daemun::domain::{credential::challenge::Purpose, timestamp::Timestamp};

use crate::support::{Account, Call, PASSWORD, Reply, Service, exchange, send_at_once};

/// Codes that come from time and faults, each with a test of its own below.
const APART: [&str; 5] = [
    "database_unavailable",
    "internal",
    "not_ready",
    "overloaded",
    "request_timeout",
];

/// What touches no account has nothing in it that could break.
const UNBREAKABLE: [&str; 8] = [
    "get_captcha",
    "get_health",
    "get_key_set",
    "get_openapi",
    "get_password_reset_page",
    "get_problem_page",
    "get_readiness",
    "get_verification_page",
];

/// The operations and the codes of each.
fn documented() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let operations = operations.filter(|operation| operation.get("operationId").is_some());
    operations
        .map(|operation| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let responses = operation["responses"].as_object().unwrap().values();
            let examples = responses.filter_map(|response| {
                response["content"]["application/problem+json"]["examples"].as_object()
            });
            (
                id,
                examples
                    .flat_map(|examples| examples.keys().cloned())
                    .collect(),
            )
        })
        .collect()
}

/// The request of an operation as it succeeds, without a session.
fn request(service: &Service, operation: &str) -> Call {
    let confirmation = json!({ "current_password": PASSWORD });
    let change =
        json!({ "current_password": PASSWORD, "new_password": "Another-Staple-8-lantern" });
    match operation {
        "sign_up" => service.post("/signup", &new_account("new")),
        "log_in" => service.post("/login", &log_in("minji", PASSWORD)),
        "log_out" => service.call("POST", "/logout"),
        "get_captcha" => service.get("/captcha"),
        "get_me" => service.get("/me"),
        "update_me" => service
            .call("PATCH", "/me")
            .json(&json!({ "username": "renamed" })),
        "delete_me" => service.call("DELETE", "/me").json(&confirmation),
        "change_password" => service.call("PUT", "/me/password").json(&change),
        "verify_email" => service.post("/email/verify", &json!({ "code": "000000" })),
        "resend_verification" => service.post("/email/resend", &json!({})),
        "change_email" => service
            .call("PUT", "/me/email")
            .json(&json!({ "email": "other@example.com", "current_password": PASSWORD })),
        "forgot_password" => {
            service.post("/password/forgot", &json!({ "email": "minji@example.com" }))
        }
        "reset_password" => service.post("/password/reset", &reset_by_token(&no_token())),
        "get_verification_page" => service.get("/email/verify"),
        "get_password_reset_page" => service.get("/password/reset"),
        "list_sessions" => service.get("/sessions"),
        "end_session" => service.call("DELETE", &format!("/sessions/{NO_SESSION}")),
        "end_other_sessions" => service.call("DELETE", "/sessions"),
        "forward_auth" => service.get("/forward-auth"),
        "introspect" => service
            .call("POST", "/introspect")
            .body("application/x-www-form-urlencoded", b"token=x"),
        "create_access_token" => service.call("POST", "/token"),
        "get_key_set" => service.get("/.well-known/jwks.json"),
        "get_health" => service.get("/healthz"),
        "get_readiness" => service.get("/readyz"),
        "get_openapi" => service.get("/openapi.json"),
        "get_problem_page" => service.get("/problems/internal"),
        unknown => panic!("{unknown} is a new operation: tell how it succeeds"),
    }
}

const NO_SESSION: &str = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c";

fn new_account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

fn log_in(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

/// A token by its form, of no challenge.
fn no_token() -> String {
    format!("dmc_{}", "A".repeat(64))
}

fn reset_by_token(token: &str) -> Value {
    json!({ "token": token, "new_password": "Another-Staple-8-lantern" })
}

/// The operation with another body.
fn with_body(service: &Service, operation: &str, body: &[u8]) -> Call {
    request(service, operation).body("application/json", body)
}

/// A service with two accounts, whose tests leave both as they are.
struct Gate {
    service: Service,
    minji: Account,
    cookie: String,
    service_key: String,
}

impl Gate {
    fn open(settings: &[(&str, &str)]) -> Self {
        let mail = [("DAEMUN_MAIL_URL", "file://mail")];
        let settings = [settings, &mail].concat();
        let service = Service::start_with(&settings);
        let minji = service.sign_up("minji");
        service.sign_up("taken");
        let mut body = log_in("minji", PASSWORD);
        body["transport"] = json!("cookie");
        let cookie = service.post("/login", &body).send().assert(200).cookie();
        let created = service
            .command()
            .args(["key", "create", "billing"])
            .output();
        let service_key = String::from_utf8(created.unwrap().stdout).unwrap();
        Self {
            service,
            minji,
            cookie,
            service_key: service_key.trim().to_owned(),
        }
    }

    /// What whoever calls this operation proves himself with.
    fn credential(&self, operation: &str) -> &str {
        match operation {
            "introspect" => &self.service_key,
            _ => &self.minji.token,
        }
    }

    /// What brings a code about that depends on nothing but the request.
    fn bring_about(&self, operation: &str, code: &str) -> Reply {
        let Self {
            service,
            minji,
            cookie,
            ..
        } = self;
        if let Some(reply) = self.bring_about_by_mail(operation, code) {
            return reply;
        }
        let credential = self.credential(operation);
        let plain = || request(service, operation);
        let with = |body: &Value| {
            let body = body.to_string();
            with_body(service, operation, body.as_bytes()).bearer(credential)
        };
        let call = match code {
            "malformed_json" => with_body(service, operation, b"{").bearer(credential),
            "payload_too_large" => {
                let body = vec![b' '; 16 * 1024 + 1];
                if operation == "introspect" {
                    plain()
                        .body("application/x-www-form-urlencoded", &body)
                        .bearer(credential)
                } else {
                    with_body(service, operation, &body).bearer(credential)
                }
            }
            "unsupported_media_type" => plain()
                .bearer(credential)
                .header("content-encoding", "gzip"),
            "validation_failed" if operation == "introspect" => plain()
                .body("application/x-www-form-urlencoded", b"nothing=1")
                .bearer(credential),
            "validation_failed" => with(&json!({ "nothing": 1 })),
            "headers_too_large" => plain().header("x-pad", &"p".repeat(17 * 1024)),
            "not_authenticated" | "service_key_invalid" => plain(),
            "origin_not_allowed" => plain()
                .cookie(cookie)
                .header("origin", "https://evil.example"),
            "insecure_transport" => cookie_session(service, operation)
                .header("host", "gate.example")
                .header("origin", "http://gate.example"),
            "cross_site_cookie" => {
                cookie_session(service, operation).header("sec-fetch-site", "cross-site")
            }
            "username_taken" => match operation {
                "sign_up" => with(&new_account("taken")),
                _ => with(&json!({ "username": "taken" })),
            },
            "email_taken" => {
                let mut body = new_account("new");
                body["email"] = json!("taken@example.com");
                with(&body)
            }
            "idempotency_key_reused" => {
                let key = "0123456789abcdef";
                let first = service.post("/signup", &new_account("first"));
                first.header("idempotency-key", key).send().assert(201);
                plain().header("idempotency-key", key)
            }
            "captcha_required" | "captcha_invalid" => {
                let strict = Service::start_with(&[("DAEMUN_CAPTCHA", "always")]);
                let mut body = log_in("minji", PASSWORD);
                if operation == "sign_up" {
                    body = new_account("new");
                }
                if code == "captcha_invalid" {
                    body["captcha"] = json!("no solution");
                }
                let call = with_body(&strict, operation, body.to_string().as_bytes());
                return call.send();
            }
            "too_many_requests" => return one_too_many(operation),
            "invalid_credentials" => with(&log_in("minji", "wrong")),
            "account_disabled" => {
                service.sign_up("shut");
                let disabled = service.command().args(["user", "disable", "shut"]).output();
                assert!(disabled.unwrap().status.success());
                with(&log_in("shut", PASSWORD))
            }
            "current_password_wrong" => with(&json!({ "current_password": "wrong" })),
            "session_not_found" => plain().bearer(&minji.token),
            "not_found" => service.get("/problems/nothing"),
            unknown => panic!("{operation} answers {unknown}: tell how that comes about"),
        };
        call.send()
    }
}

/// A request for a session in a cookie.
fn cookie_session(service: &Service, operation: &str) -> Call {
    let mut body = match operation {
        "log_in" => log_in("minji", PASSWORD),
        _ => new_account("new"),
    };
    body["transport"] = json!("cookie");
    with_body(service, operation, body.to_string().as_bytes())
}

/// An operation's answer where limits leave nothing to spare, after as much of it as they allow.
fn one_too_many(operation: &str) -> Reply {
    let strict = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_SIGN_UPS", "1"),
        ("DAEMUN_LIMIT_FAILURES", "1"),
        ("DAEMUN_LIMIT_MAIL_REQUESTS", "1"),
        ("DAEMUN_LIMIT_CHANGES", "1"),
        ("DAEMUN_MAIL_URL", "file://mail"),
    ]);
    let token = strict.sign_up("minji").token;
    if operation == "update_me" {
        let rename = |name| {
            let call = strict.call("PATCH", "/me").bearer(&token);
            call.json(&json!({ "username": name })).send()
        };
        rename("renamed").assert(200);
        return rename("another");
    }
    let wrong = match operation {
        "sign_up" => new_account("new"),
        "log_in" => log_in("minji", "wrong"),
        "delete_me" => json!({ "current_password": "wrong" }),
        "resend_verification" | "forgot_password" => json!({ "email": "new@example.com" }),
        "change_email" => json!({ "email": "new@example.com", "current_password": "wrong" }),
        "verify_email" => {
            json!({ "email": "minji@example.com", "code": "none", "password": PASSWORD })
        }
        "reset_password" => {
            json!({ "email": "minji@example.com", "code": "none", "new_password": PASSWORD })
        }
        _ => json!({ "current_password": "wrong", "new_password": "Another-Staple-8-lantern" }),
    };
    let wrong = wrong.to_string();
    let call = || with_body(&strict, operation, wrong.as_bytes()).bearer(&token);
    if operation != "sign_up" {
        assert_ne!(call().send().status, 429);
    }
    call().send()
}

impl Gate {
    /// The same for codes that have to do with mail.
    fn bring_about_by_mail(&self, operation: &str, code: &str) -> Option<Reply> {
        let Self { service, minji, .. } = self;
        let mailbox = service.mailbox();
        let verify = |service: &Service, token: String, password: &str| {
            let body = json!({ "token": token, "password": password });
            service.post("/email/verify", &body)
        };
        let call = match (operation, code) {
            (_, "mail_not_configured") => {
                let mute = Service::start();
                return Some(request(&mute, operation).send());
            }
            (_, "token_invalid") => {
                let mut body = json!({ "token": no_token() });
                if operation == "reset_password" {
                    body = reset_by_token(&no_token());
                }
                with_body(service, operation, body.to_string().as_bytes()).bearer(&minji.token)
            }
            ("verify_email", "code_invalid") => request(service, operation).bearer(&minji.token),
            ("reset_password", "code_invalid") => {
                let mut body = json!({ "email": minji.email, "code": "none" });
                body["new_password"] = json!(PASSWORD);
                service.post("/password/reset", &body)
            }
            ("verify_email", "invalid_credentials") => {
                let token = mailbox.token(Purpose::VerifyEmail, &minji.email);
                verify(service, token, "wrong")
            }
            ("verify_email", "account_disabled") => {
                let shut = service.sign_up("closed");
                let token = mailbox.token(Purpose::VerifyEmail, &shut.email);
                let shutting = "UPDATE users SET disabled = TRUE WHERE username_key = 'closed'";
                service.sql().run(shutting);
                verify(service, token, PASSWORD)
            }
            ("verify_email", "username_taken") => return Some(late("late", "other@example.com")),
            ("verify_email", "email_taken") => return Some(late("other", "late@example.com")),
            ("log_in", "email_not_verified") => {
                let strict = strict();
                let waiting = strict.post("/signup", &new_account("late")).send();
                waiting.assert(202);
                return Some(strict.post("/login", &log_in("late", PASSWORD)).send());
            }
            ("change_email", "current_password_wrong") => {
                let body = json!({ "email": "other@example.com", "current_password": "wrong" });
                let call = service.call("PUT", "/me/email").json(&body);
                call.bearer(&minji.token)
            }
            _ => return None,
        };
        Some(call.send())
    }
}

fn strict() -> Service {
    Service::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
    ])
}

/// A sign-up that is verified after an operator has given its user name or address away.
fn late(username: &str, email: &str) -> Reply {
    let strict = strict();
    let waiting = strict.post("/signup", &new_account("late")).send();
    waiting.assert(202);
    let mut operator = strict.command();
    operator.env("DAEMUN_EMAIL_VERIFICATION", "off");
    operator.args(["user", "create", username, email]);
    let mut child = operator.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(PASSWORD.as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let token = strict.mailbox().token(Purpose::SignUp, "late@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    strict.post("/email/verify", &body).send()
}

fn status(code: &str) -> u16 {
    let code = daemun::http::ProblemCode::of_slug(code);
    code.expect("a code of the table").status().as_u16()
}

#[test]
fn each_comes_from_its_operation() {
    let gate = Gate::open(&[]);
    for (operation, codes) in documented() {
        for code in codes {
            if APART.contains(&code.as_str()) {
                continue;
            }
            if (operation.as_str(), code.as_str()) == ("change_password", "current_password_wrong")
            {
                let body =
                    json!({ "current_password": "wrong", "new_password": "Another-Staple-8" });
                let call = gate.service.call("PUT", "/me/password").json(&body);
                let reply = call.bearer(&gate.minji.token).send();
                reply.assert_problem(403, "current_password_wrong");
                continue;
            }
            let reply = gate.bring_about(&operation, &code);
            println!("{operation} {code}: {}", reply.text);
            reply.assert_problem(status(&code), &code);
        }
    }
    let me = gate.service.get("/me").bearer(&gate.minji.token).send();
    assert_eq!(me.assert(200).json["username"], "minji");
}

#[test]
fn each_that_tells_of_a_database_away_comes_while_it_is_away() {
    let gate = Gate::open(&[]);
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
    assert_eq!(seen, 21);
    gate.service.home().show_database();
    let me = gate.service.get("/me").bearer(&gate.minji.token).send();
    assert_eq!(me.assert(200).json["username"], "minji");
    gate.service.get("/readyz").send().assert(200);
}

#[test]
fn each_that_tells_of_too_many_log_ins_comes_when_they_are_too_many() {
    let gate = Gate::open(&[
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    let mut seen = Vec::new();
    for (operation, codes) in documented() {
        // Those that hash nothing are refused where too many wait, and have a test of their own.
        let hashes_nothing =
            ["forgot_password", "resend_verification"].contains(&operation.as_str());
        if !codes.contains(&String::from("overloaded")) || hashes_nothing {
            continue;
        }
        // A wrong password costs as much and changes nothing.
        let email = "minji@example.com";
        let mailbox = gate.service.mailbox();
        let body = match operation.as_str() {
            "change_email" => json!({ "email": email, "current_password": "wrong" }),
            "verify_email" => json!({ "email": email, "code": "none", "password": "wrong" }),
            "reset_password" => {
                let owner = "taken@example.com";
                let now = Timestamp::from_micros(i64::MAX / 2);
                reset_by_token(&mailbox.forge(Purpose::ResetPassword, owner, now))
            }
            "log_in" => log_in("minji", "wrong"),
            "change_password" => json!({ "current_password": "wrong", "new_password": PASSWORD }),
            "delete_me" => json!({ "current_password": "wrong" }),
            _ => new_account("crowd"),
        };
        let body = body.to_string();
        let replies = send_at_once((0..12).map(|_| {
            let call = with_body(&gate.service, &operation, body.as_bytes());
            call.bearer(&gate.minji.token)
        }));
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
            "change_email",
            "change_password",
            "delete_me",
            "log_in",
            "reset_password",
            "sign_up",
            "verify_email"
        ]
    );
}

#[test]
fn each_that_tells_of_a_fault_comes_from_a_ruined_account() {
    let gate = Gate::open(&[]);
    let end_of_time = Timestamp::from_micros(i64::MAX / 2);
    let mailbox = gate.service.mailbox();
    let reset = mailbox.forge(Purpose::ResetPassword, &gate.minji.email, end_of_time);
    let mut rows = gate.service.sql();
    rows.ignore_references();
    rows.run(
        "UPDATE users SET id = 'ruin' WHERE username_key = 'minji'; \
         UPDATE sessions SET user_id = 'ruin'; UPDATE challenges SET user_id = 'ruin'",
    );
    for (operation, codes) in documented() {
        assert!(codes.contains(&String::from("internal")), "{operation}");
        if UNBREAKABLE.contains(&operation.as_str()) {
            request(&gate.service, &operation).send().assert(200);
            continue;
        }
        if operation == "forgot_password" {
            // Whom it is for is looked up later.
            request(&gate.service, &operation).send().assert(202);
            continue;
        }
        let call = match operation.as_str() {
            "reset_password" => gate
                .service
                .post("/password/reset", &reset_by_token(&reset)),
            "sign_up" => gate.service.post("/signup", &new_account("minji")),
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
fn each_that_tells_of_a_slow_body_comes_after_ten_seconds() {
    let gate = Gate::open(&[]);
    let address = gate.service.address();
    let slow = [
        "change_email",
        "change_password",
        "delete_me",
        "forgot_password",
        "introspect",
        "log_in",
        "resend_verification",
        "reset_password",
        "sign_up",
        "update_me",
        "verify_email",
    ];
    let listed = documented()
        .into_iter()
        .filter(|(_, codes)| codes.contains(&String::from("request_timeout")));
    assert!(listed.map(|(operation, _)| operation).eq(slow));
    let places = [
        "PUT /me/password",
        "DELETE /me",
        "POST /login",
        "POST /signup",
        "PATCH /me",
        "POST /introspect",
        "PUT /me/email",
        "POST /email/verify",
        "POST /email/resend",
        "POST /password/forgot",
        "POST /password/reset",
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

#[test]
fn the_documents_codes_are_the_tables() {
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
