//! The service of the tests, and the requests that cause each code.

use serde_json::{Value, json};

use super::{
    by_second_factor::set_up_totp,
    request::{log_in, new_account, no_token, request, reset_by_token, with_body},
};
use crate::support::{Account, Call, PASSWORD, Reply, Service};

/// Settings without which some operations respond 404.
pub(super) const PUBLIC: [(&str, &str); 2] = [
    ("DAEMUN_PUBLIC_URL", "https://app.example.com"),
    (
        "DAEMUN_CHANGE_PASSWORD_URL",
        "https://app.example.com/password",
    ),
];

/// A service with two accounts, which tests leave unchanged.
pub(super) struct Gate {
    pub(super) service: Service,
    pub(super) minji: Account,
    pub(super) cookie: String,
    pub(super) service_key: String,
}

impl Gate {
    pub(super) fn open(settings: &[(&str, &str)]) -> Self {
        let mail = [
            ("DAEMUN_MAIL_URL", "file://mail"),
            ("DAEMUN_EMAIL_LOG_IN", "on"),
        ];
        let settings = [settings, &mail].concat();
        let service = Service::start_with(&settings);
        let minji = service.sign_up("minji");
        service.sign_up("taken");
        let mut body = log_in("minji", PASSWORD);
        body["transport"] = json!("cookie");
        let reply = service.post("/login", &body).send().assert(200);
        let cookies = reply.lines("set-cookie");
        // With rate limits there is a device cookie too.
        let cookie = cookies
            .iter()
            .find_map(|line| line.strip_prefix("__Host-daemun="));
        let cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
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

    /// Returns the credential of this operation's caller.
    pub(super) fn credential(&self, operation: &str) -> &str {
        match operation {
            "introspect" => &self.service_key,
            _ => &self.minji.token,
        }
    }

    /// Causes a code that depends only on the request.
    pub(super) fn cause(&self, operation: &str, code: &str) -> Reply {
        let Self {
            service,
            minji,
            cookie,
            ..
        } = self;
        let apart = self
            .cause_by_mail(operation, code)
            .or_else(|| self.cause_by_email_code(operation, code))
            .or_else(|| self.cause_by_service(operation, code))
            .or_else(|| self.cause_by_address(operation, code))
            .or_else(|| self.cause_by_second_factor(operation, code))
            .or_else(|| self.cause_by_confirmation(operation, code))
            .or_else(|| self.cause_by_passkey(operation, code));
        if let Some(reply) = apart {
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
                with_body(service, operation, &body).bearer(credential)
            }
            "unsupported_media_type" => plain()
                .bearer(credential)
                .header("content-encoding", "gzip"),
            "validation_failed" => with(&json!({ "nothing": 1 })),
            "headers_too_large" => plain().header("x-pad", &"p".repeat(17 * 1024)),
            // A request without any credential is no error there.
            "not_authenticated" if operation == "get_session" => plain().bearer("dms_dead"),
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
            "sign_up_closed" => {
                let closed = Service::start_with(&[("DAEMUN_SIGN_UP", "closed")]);
                return closed.post("/signup", &new_account("new")).send();
            }
            "invitation_invalid" => {
                let mut body = new_account("new");
                body["invitation"] = json!("wrong");
                with(&body)
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
                service.sign_up("disabled");
                let disabled = service
                    .command()
                    .args(["user", "disable", "disabled"])
                    .output();
                assert!(disabled.unwrap().status.success());
                with(&log_in("disabled", PASSWORD))
            }
            "current_password_wrong" => with(&wrong_password(operation)),
            "session_not_found"
            | "device_not_found"
            | "passkey_not_found"
            | "second_factor_not_set_up" => plain().bearer(&minji.token),
            "not_authenticated" | "service_key_invalid" | "not_found" => plain(),
            unknown => panic!("{operation} may respond {unknown}: state how to cause it"),
        };
        call.send()
    }
}

/// Returns a request for a session in a cookie.
pub(super) fn cookie_session(service: &Service, operation: &str) -> Call {
    let mut body = match operation {
        "log_in" => log_in("minji", PASSWORD),
        "log_in_with_passkey" => json!({ "ceremony": "dmp_none", "credential": {} }),
        "log_in_with_code" => json!({ "email": "minji@example.com", "code": "none" }),
        "verify_email" => json!({ "token": no_token(), "password": PASSWORD }),
        "reset_password" => reset_by_token(&no_token()),
        _ => new_account("new"),
    };
    body["transport"] = json!("cookie");
    with_body(service, operation, body.to_string().as_bytes())
}

/// Returns the body of an operation that checks the current password, with a wrong one.
fn wrong_password(operation: &str) -> Value {
    match operation {
        "confirm_session" => json!({ "password": "wrong" }),
        _ => json!({ "current_password": "wrong", "new_password": "Another-Staple-8-lantern" }),
    }
}

/// Returns an operation's response beyond limits that allow a single request.
pub(super) fn one_too_many(operation: &str) -> Reply {
    let strict = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_SIGN_UPS", "1"),
        ("DAEMUN_LIMIT_FAILURES", "1"),
        ("DAEMUN_LIMIT_MAIL_REQUESTS", "1"),
        ("DAEMUN_LIMIT_CHANGES", "1"),
        ("DAEMUN_LIMIT_CODES", "1"),
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_LOG_IN", "on"),
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
    if operation == "verify_totp" {
        set_up_totp(&strict, &token);
    }
    let wrong = match operation {
        "sign_up" => new_account("new"),
        "verify_totp" => json!({ "code": "none" }),
        "log_in" => log_in("minji", "wrong"),
        "log_in_with_code" => json!({ "email": "minji@example.com", "code": "none" }),
        "resend_verification" | "forgot_password" | "request_log_in_code" => {
            json!({ "email": "new@example.com" })
        }
        "change_email" => json!({ "email": "new@example.com" }),
        "verify_email" => {
            json!({ "email": "minji@example.com", "code": "none", "password": PASSWORD })
        }
        "reset_password" => {
            json!({ "email": "minji@example.com", "code": "none", "new_password": PASSWORD })
        }
        _ => wrong_password(operation),
    };
    let wrong = wrong.to_string();
    let call = || with_body(&strict, operation, wrong.as_bytes()).bearer(&token);
    if operation != "sign_up" {
        assert_ne!(call().send().status, 429);
    }
    call().send()
}
