//! Lines that are rejected: each names its field and its reason, and nothing is written.

use serde_json::{Value, json};

use super::{HASH, counts, import, import_bytes, line};
use crate::support::{PASSWORD, Service};

/// Returns a line with further members.
fn with(members: &Value) -> String {
    let mut line = json!({ "username": "sora", "email": "sora@example.com" });
    let others = members.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(others);
    line.to_string()
}

#[test]
fn one_rejected_line_keeps_all_others_out() {
    let service = Service::start();
    let lines = [line("minji"), String::from("no json"), line("jisu")];
    let rejected = import(&service, &lines, &[]);
    rejected.assert([3, 0, 0, 1]);
    assert_eq!(counts(&service), (0, 0));
    assert!(
        rejected
            .stderr
            .contains("1 of 3 lines is rejected, so nothing was imported")
    );
    import(&service, &lines, &["--skip-rejected"]).assert([3, 2, 0, 1]);
    assert_eq!(counts(&service), (2, 2));
}

#[test]
fn lines_that_are_no_object_are_rejected_and_counted() {
    let service = Service::start();
    let long = format!("{{\"email\": \"{}\"}}", "a".repeat(64 * 1024));
    let deep = format!("{{\"metadata\": {}", "[".repeat(60_000));
    let mut bytes = Vec::new();
    for line in [
        &b"{"[..],
        b"[]",
        b"null",
        b"\"text\"",
        b"{} {}",
        b"M\xfcnchen",
        long.as_bytes(),
        deep.as_bytes(),
        b"\0",
        line("minji").as_bytes(),
    ] {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    let rejected = import_bytes(&service, &bytes, &["--skip-rejected"]);
    rejected.assert([10, 1, 0, 9]);
    let codes = rejected.rejections().into_iter().map(|(_, _, code)| code);
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [
            "malformed_json",
            "invalid_type",
            "invalid_type",
            "invalid_type",
            "malformed_json",
            "invalid_utf8",
            "line_too_long",
            "malformed_json",
            "malformed_json",
        ]
    );
}

#[test]
fn each_invalid_field_is_named_with_its_reason() {
    let service = Service::start();
    let cases = [
        (json!({ "username": "a" }), "username", "too_short"),
        (json!({ "username": "admin" }), "username", "reserved"),
        (json!({ "username": null }), "username", "required"),
        (json!({ "username": 7 }), "username", "invalid_type"),
        (json!({ "email": "sora" }), "email", "invalid_email"),
        (json!({ "email": null }), "email", "required"),
        (
            json!({ "email": ["a@example.com"] }),
            "email",
            "invalid_type",
        ),
        (
            json!({ "email_verified": "yes" }),
            "email_verified",
            "invalid_type",
        ),
        (json!({ "disabled": 1 }), "disabled", "invalid_type"),
        (
            json!({ "created_at": "2999-01-01T00:00:00Z" }),
            "created_at",
            "invalid_value",
        ),
        (
            json!({ "created_at": "1969-12-31T23:59:59Z" }),
            "created_at",
            "invalid_value",
        ),
        (
            json!({ "created_at": "2024-01-01" }),
            "created_at",
            "invalid_value",
        ),
        (
            json!({ "created_at": 1_700_000_000 }),
            "created_at",
            "invalid_type",
        ),
        (json!({ "roles": ["Admin"] }), "roles", "invalid_characters"),
        (json!({ "roles": "admin" }), "roles", "invalid_type"),
        (json!({ "metadata": [] }), "metadata", "invalid_type"),
        (
            json!({ "metadata": { "a": "b".repeat(5000) } }),
            "metadata",
            "too_large",
        ),
        (
            json!({ "display_name": "a\nb" }),
            "display_name",
            "invalid_characters",
        ),
        (
            json!({ "external_id": "a b" }),
            "external_id",
            "invalid_characters",
        ),
        (json!({ "password": "short" }), "password", "too_short"),
        (
            json!({ "password": "password123" }),
            "password",
            "password_common",
        ),
        (
            json!({ "password": "sora@example.com" }),
            "password",
            "password_equals_email",
        ),
        (
            json!({ "password": PASSWORD, "password_hash": HASH }),
            "password_hash",
            "conflicting_field",
        ),
        (json!({ "passwort": PASSWORD }), "passwort", "unknown_field"),
    ];
    for (members, field, code) in &cases {
        let rejected = import(&service, &[with(members)], &[]);
        let expected = (1, String::from(*field), String::from(*code));
        assert_eq!(rejected.rejections(), [expected], "{members}");
        let text = format!("{:?}{}", rejected.rows, rejected.stderr);
        assert!(!text.contains(PASSWORD) && !text.contains(HASH), "{text}");
    }
    let twice = r#"{"username": "sora", "email": "sora@example.com", "email": "a@example.com"}"#;
    let rejected = import(&service, &[twice.into()], &[]).rejections();
    assert_eq!(rejected, [(1, "email".into(), "duplicate_field".into())]);
    assert_eq!(counts(&service), (0, 0));
}

#[test]
fn hashes_of_unknown_form_and_beyond_the_bounds_are_rejected() {
    let service = Service::start();
    let digest = "CpPbYLPyCRETNv5aQDxCY62Wysh+6HgubxM5F77k4f4";
    let salt = "g9b5uZN1sJwcpUL9yfdSrQ";
    for (hash, code) in [
        (
            String::from("5f4dcc3b5aa765d61d8327deb882cf99"),
            "password_hash_unknown",
        ),
        (HASH.replace("$10$", "$16$"), "bcrypt_cost"),
        (HASH.replace("$10$", "$31$"), "bcrypt_cost"),
        (
            format!("$argon2id$v=19$m=4194304,t=3,p=4${salt}${digest}"),
            "argon2_memory",
        ),
        (
            format!("$argon2id$v=19$m=65536,t=11,p=4${salt}${digest}"),
            "argon2_time",
        ),
        (
            format!("$scrypt$ln=18,r=8,p=1${salt}${digest}"),
            "scrypt_memory",
        ),
        (
            format!("$scrypt$ln=14,r=8,p=9${salt}${digest}"),
            "scrypt_parallelism",
        ),
        (
            format!("$pbkdf2-sha256$5000001${salt}${digest}"),
            "pbkdf2_iterations",
        ),
        (
            format!("firebase${salt}${digest}"),
            "password_hash_unconfigured",
        ),
        ("a".repeat(513), "too_long"),
    ] {
        let rejected = import(&service, &[with(&json!({ "password_hash": hash }))], &[]);
        let expected = (1, String::from("password_hash"), String::from(code));
        assert_eq!(rejected.rejections(), [expected], "{hash}");
    }
    assert_eq!(counts(&service), (0, 0));
}
