//! The limits of fields in the OpenAPI document, compared with the service.

mod coverage;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, contract::document};

/// A field with a limit, and a function that sends a value of a length.
struct Limited {
    schema: &'static str,
    field: &'static str,
    send: fn(&Service, usize) -> Reply,
}

const LIMITED: [Limited; 17] = [
    Limited {
        schema: "SignUp",
        field: "username",
        send: |service, length| sign_up(service, &name(length), "a@example.com", PASSWORD),
    },
    Limited {
        schema: "SignUp",
        field: "email",
        send: |service, length| sign_up(service, "someone", &address(length), PASSWORD),
    },
    Limited {
        schema: "SignUp",
        field: "password",
        send: |service, length| sign_up(service, "someone", "a@example.com", &password(length)),
    },
    Limited {
        schema: "SignUp",
        field: "display_name",
        send: |service, length| {
            let mut body = identity("someone", "a@example.com", PASSWORD);
            body["display_name"] = json!(name(length));
            service.post("/signup", &body).send()
        },
    },
    Limited {
        schema: "UserChange",
        field: "username",
        send: |service, length| change(service, "username", &name(length)),
    },
    Limited {
        schema: "UserChange",
        field: "display_name",
        send: |service, length| change(service, "display_name", &name(length)),
    },
    Limited {
        schema: "RegisterPasskey",
        field: "name",
        send: |service, length| name_passkey(service, "", length),
    },
    Limited {
        schema: "RenamePasskey",
        field: "name",
        send: |service, length| name_passkey(service, "/none", length),
    },
    Limited {
        schema: "PasswordChange",
        field: "new_password",
        send: |service, length| {
            let token = account(service);
            let call = service.call("PUT", "/me/password").bearer(&token);
            let body = json!({ "current_password": PASSWORD, "new_password": password(length) });
            call.json(&body).send()
        },
    },
    Limited {
        schema: "VerifyEmail",
        field: "email",
        send: |_, length| {
            let proof = json!({ "email": address(length), "code": "123456", "password": PASSWORD });
            mailing().post("/email/verify", &proof).send()
        },
    },
    Limited {
        schema: "VerificationRequest",
        field: "email",
        send: |_, length| request_mail("/email/resend", length),
    },
    Limited {
        schema: "EmailChange",
        field: "email",
        send: |_, length| {
            let service = mailing();
            let token = account(&service);
            let body = json!({ "email": address(length) });
            let call = service.call("PUT", "/me/email").bearer(&token);
            call.json(&body).send()
        },
    },
    Limited {
        schema: "ForgottenPassword",
        field: "email",
        send: |_, length| request_mail("/password/forgot", length),
    },
    Limited {
        schema: "LogInCodeRequest",
        field: "email",
        send: |_, length| request_mail("/login/code", length),
    },
    Limited {
        schema: "LogInWithCode",
        field: "email",
        send: |_, length| {
            let body = json!({ "email": address(length), "code": "123456" });
            mailing().post("/login/code/verify", &body).send()
        },
    },
    Limited {
        schema: "ResetPassword",
        field: "email",
        send: |_, length| {
            let proof =
                json!({ "email": address(length), "code": "123456", "new_password": PASSWORD });
            mailing().post("/password/reset", &proof).send()
        },
    },
    Limited {
        schema: "ResetPassword",
        field: "new_password",
        send: |_, length| {
            let proof = json!({ "token": "none", "new_password": password(length) });
            mailing().post("/password/reset", &proof).send()
        },
    },
];

fn name_passkey(service: &Service, id: &str, length: usize) -> Reply {
    let mut body = json!({ "name": name(length), "ceremony": "none", "credential": {} });
    let method = if id.is_empty() { "POST" } else { "PATCH" };
    if method == "PATCH" {
        body = json!({ "name": name(length) });
    }
    let call = service.call(method, &format!("/me/passkeys{id}"));
    call.bearer(&account(service)).json(&body).send()
}

fn mailing() -> Service {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    Service::start_with(&[mail, ("DAEMUN_EMAIL_LOG_IN", "on")])
}

fn request_mail(path: &str, length: usize) -> Reply {
    let body = json!({ "email": address(length) });
    mailing().post(path, &body).send()
}

fn sign_up(service: &Service, username: &str, email: &str, password: &str) -> Reply {
    let body = identity(username, email, password);
    service.post("/signup", &body).send()
}

fn identity(username: &str, email: &str, password: &str) -> Value {
    json!({ "username": username, "email": email, "password": password })
}

fn change(service: &Service, field: &str, value: &str) -> Reply {
    let token = account(service);
    let call = service.call("PATCH", "/me").bearer(&token);
    call.json(&json!({ field: value })).send()
}

fn account(service: &Service) -> String {
    sign_up(service, "minji", "minji@example.com", PASSWORD)
        .assert(201)
        .token()
}

fn name(length: usize) -> String {
    "홍".repeat(length)
}

fn password(length: usize) -> String {
    "뿅vK7#픞2쀍".chars().cycle().take(length).collect()
}

fn address(length: usize) -> String {
    let domain = format!("@{}example", format!("{}.", "d".repeat(61)).repeat(3));
    format!("{}{domain}", "a".repeat(length - domain.len()))
}

#[test]
fn documented_field_limits_apply() {
    let document = document();
    for Limited {
        schema,
        field,
        send,
    } in LIMITED
    {
        let property = &document["components"]["schemas"][schema]["properties"][field];
        // The document states no shortest address.
        let least = property["minLength"].as_u64();
        let most = property["maxLength"].as_u64().unwrap();
        let check = |length: u64, reason: Option<&str>| {
            let service = Service::start();
            let reply = send(&service, usize::try_from(length).unwrap());
            match reason {
                None => assert_ne!(
                    reply.json["code"], "validation_failed",
                    "{schema}.{field} {length}: {}",
                    reply.text
                ),
                Some(reason) => assert_eq!(
                    reply.assert_problem(422, "validation_failed").refused(),
                    [format!("{field} {reason}")],
                    "{length}"
                ),
            }
        };
        if let Some(least) = least {
            check(least - 1, Some("too_short"));
            check(least, None);
            check(least + 1, None);
        }
        check(most - 1, None);
        check(most, None);
        check(most + 1, Some("too_long"));
    }
}
