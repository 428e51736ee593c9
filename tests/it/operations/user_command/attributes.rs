//! Roles and metadata.

use serde_json::{Value, json};

use super::{done, refused, shown, user};
use crate::support::{PASSWORD, Service};

fn me(service: &Service, token: &str) -> Value {
    service.get("/me").bearer(token).send().assert(200).json
}

#[test]
fn a_created_account_has_its_roles_in_order() {
    let service = Service::start();
    let arguments = [
        "create",
        "minji",
        "minji@example.com",
        "--role",
        "editor",
        "--role",
        "billing:read",
        "--role",
        "editor",
    ];
    done(&service, &arguments, PASSWORD);
    let me = me(&service, &service.log_in("minji"));
    assert_eq!(me["roles"], json!(["editor", "billing:read"]));
    assert_eq!(me["metadata"], json!({}));
}

#[test]
fn roles_are_replaced_as_a_whole_and_seen_at_once() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let set =
        |arguments: &[&str]| done(&service, &[&["set-roles", "MINJI"], arguments].concat(), "");
    assert_eq!(set(&["a", "b"]), "minji has the roles a,b\n");
    assert_eq!(me(&service, &token)["roles"], json!(["a", "b"]));
    assert_eq!(set(&["c"]), "minji has the roles c\n");
    assert_eq!(me(&service, &token)["roles"], json!(["c"]));
    assert_eq!(set(&["--none"]), "minji has no roles\n");
    assert_eq!(me(&service, &token)["roles"], json!([]));
}

#[test]
fn roles_are_never_removed_by_an_omission() {
    let service = Service::start();
    service.sign_up("minji");
    done(&service, &["set-roles", "minji", "editor"], "");
    for arguments in [&[][..], &["editor", "--none"]] {
        let output = user(&service, &[&["set-roles", "minji"], arguments].concat(), "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(shown(&service, "minji")["roles"], json!(["editor"]));
}

#[test]
fn an_invalid_role_is_named() {
    let service = Service::start();
    service.sign_up("minji");
    let long = "a".repeat(64);
    for role in ["Admin", "", "a,b", ".a", "관리자", &long] {
        for arguments in [
            &["set-roles", "minji", "editor", role][..],
            &["create", "other", "other@example.com", "--role", role],
        ] {
            let output = user(&service, arguments, PASSWORD);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
            let reported = String::from_utf8(output.stderr).unwrap();
            assert!(reported.contains(&format!("'{role}'")), "{reported}");
            assert!(
                reported.contains("up to 63 lower-case letters"),
                "{reported}"
            );
        }
    }
    let many: Vec<_> = (0..33).map(|number| format!("r{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let line = refused(&service, &[&["set-roles", "minji"], &many[..]].concat(), "");
    assert_eq!(line, "roles: an account has at most 32");
    done(
        &service,
        &[&["set-roles", "minji"], &many[1..]].concat(),
        "",
    );
    let roles = shown(&service, "minji")["roles"].clone();
    assert_eq!(roles.as_array().unwrap().len(), 32);
}

#[test]
fn metadata_is_read_from_an_argument_or_from_stdin() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let metadata = json!({ "plan": "pro", "seats": [1, 2], "이름": null });
    let text = serde_json::to_string_pretty(&metadata).unwrap();
    for (argument, input) in [(text.as_str(), ""), ("-", text.as_str())] {
        done(&service, &["set-metadata", "minji", "{}"], "");
        assert_eq!(me(&service, &token)["metadata"], json!({}));
        let reported = done(
            &service,
            &["set-metadata", "minji@example.com", argument],
            input,
        );
        assert_eq!(reported, "replaced the metadata of minji\n");
        assert_eq!(me(&service, &token)["metadata"], metadata);
    }
    let profile = me(&service, &token)["profile"].clone();
    assert_eq!(profile, json!({}), "the owner's data is untouched");
}

#[test]
fn invalid_metadata_is_explained_and_changes_nothing() {
    let service = Service::start();
    service.sign_up("minji");
    done(&service, &["set-metadata", "minji", r#"{"a":1}"#], "");
    let deep = format!(
        "{}{}",
        r#"{"a":"#.repeat(9),
        "1".to_owned() + &"}".repeat(9)
    );
    let large = format!(r#"{{"a":"{}"}}"#, "b".repeat(4_089));
    let huge = " ".repeat(70_000);
    for (json, input, reported) in [
        ("plan=pro", "", "metadata: not a JSON object"),
        ("[]", "", "metadata: not a JSON object"),
        ("null", "", "metadata: not a JSON object"),
        ("", "", "metadata: not a JSON object"),
        ("-", "", "metadata: not a JSON object"),
        ("-", "{} {}", "metadata: not a JSON object"),
        (&deep, "", "metadata: Nest at most 8 levels"),
        (&large, "", "metadata: Use at most 4 KiB"),
        ("-", &large, "metadata: Use at most 4 KiB"),
        ("-", &huge, "metadata: Use at most 4 KiB"),
    ] {
        let line = refused(&service, &["set-metadata", "minji", json], input);
        assert!(line.starts_with(reported), "{line}");
    }
    assert_eq!(shown(&service, "minji")["metadata"], json!({ "a": 1 }));
    for action in [
        &["set-roles", "absent", "a"],
        &["set-metadata", "absent", "{}"],
    ] {
        let line = refused(&service, action, "");
        assert_eq!(line, "no account has this username or email");
    }
}
