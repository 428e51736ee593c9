//! Every limit of the OpenAPI document is tested.

use std::collections::BTreeSet;

use super::LIMITED;
use crate::support::contract::{document, object, operations};

#[test]
fn every_documented_limit_is_tested() {
    let document = document();
    let requests = [
        "SignUp",
        "LogIn",
        "LogInCodeRequest",
        "LogInWithCode",
        "UserChange",
        "PasswordChange",
        "Confirmation",
        "VerifyEmail",
        "VerificationRequest",
        "EmailChange",
        "ForgottenPassword",
        "ResetPassword",
        "LogInWithSecondFactor",
        "VerifyTotp",
        "Empty",
        "PasskeyLogIn",
        "RegisterPasskey",
        "RenamePasskey",
        "SecondFactorOptions",
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
