//! The limits of fields in the OpenAPI document, compared with the service.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{
    PASSWORD, Reply, Service,
    contract::{document, object, operations},
};

/// A field with a limit, and a function that sends a value of a length.
struct Limited {
    schema: &'static str,
    field: &'static str,
    send: fn(&Service, usize) -> Reply,
}

const LIMITED: [Limited; 11] = [
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
        schema: "UserChange",
        field: "username",
        send: |service, length| {
            let token = account(service);
            let call = service.call("PATCH", "/me").bearer(&token);
            call.json(&json!({ "username": name(length) })).send()
        },
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
        send: |_, length| {
            mailing()
                .post("/email/resend", &json!({ "email": address(length) }))
                .send()
        },
    },
    Limited {
        schema: "EmailChange",
        field: "email",
        send: |_, length| {
            let service = mailing();
            let token = account(&service);
            let body = json!({ "email": address(length), "current_password": PASSWORD });
            let call = service.call("PUT", "/me/email").bearer(&token);
            call.json(&body).send()
        },
    },
    Limited {
        schema: "ForgottenPassword",
        field: "email",
        send: |_, length| {
            mailing()
                .post("/password/forgot", &json!({ "email": address(length) }))
                .send()
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

fn mailing() -> Service {
    Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")])
}

fn sign_up(service: &Service, username: &str, email: &str, password: &str) -> Reply {
    let body = json!({ "username": username, "email": email, "password": password });
    service.post("/signup", &body).send()
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

#[test]
fn documented_limits_of_the_idempotency_key_apply() {
    let document = document();
    let parameter = &document["paths"]["/signup"]["post"]["parameters"][0];
    assert_eq!(parameter["name"], "Idempotency-Key");
    let limit = |name: &str| usize::try_from(parameter["schema"][name].as_u64().unwrap()).unwrap();
    let (least, most) = (limit("minLength"), limit("maxLength"));
    let service = Service::start();
    for length in [least - 1, least, least + 1, most - 1, most, most + 1] {
        let username = format!("minji{length}");
        let body = json!({
            "username": username, "email": format!("{username}@example.com"), "password": PASSWORD
        });
        let call = service.post("/signup", &body);
        let reply = call.header("idempotency-key", &"k".repeat(length)).send();
        let status = if (least..=most).contains(&length) {
            201
        } else {
            422
        };
        assert_eq!(reply.status, status, "{length}: {}", reply.text);
    }
}

#[test]
fn every_documented_limit_is_tested() {
    let document = document();
    let requests = [
        "SignUp",
        "LogIn",
        "UserChange",
        "PasswordChange",
        "Confirmation",
        "VerifyEmail",
        "VerificationRequest",
        "EmailChange",
        "ForgottenPassword",
        "ResetPassword",
    ];
    let mut named = BTreeSet::new();
    for (path, method, operation) in operations(document) {
        if let Some(body) = operation.get("requestBody") {
            assert_eq!(body["required"], true, "{method} {path}");
            // The OAuth form has no limits of its own.
            if path == "/introspect" {
                continue;
            }
            let schema = body["content"]["application/json"]["schema"]["$ref"]
                .as_str()
                .unwrap();
            named.insert(schema.rsplit('/').next().unwrap());
        }
    }
    assert_eq!(named, BTreeSet::from(requests));
    for name in requests {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], false, "{name}");
        for (field, property) in object(&schema["properties"]) {
            let is_limited = object(property)
                .iter()
                .any(|(word, _)| word.starts_with("min") || word.starts_with("max"));
            let is_tried = LIMITED
                .iter()
                .any(|tried| tried.schema == name && tried.field == field);
            assert_eq!(is_limited, is_tried, "{name}.{field}");
        }
    }
}
