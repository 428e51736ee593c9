//! Values that two lines have, and values that existing accounts have.

use serde_json::{Value, json};

use super::{counts, import, line, log_in};
use crate::support::{PASSWORD, Service};

/// Returns a line with further members.
fn with(members: &Value) -> String {
    let mut line = json!({ "username": "sora", "email": "sora@example.com" });
    let others = members.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(others);
    line.to_string()
}

#[test]
fn values_that_two_lines_have_are_named_with_both_lines() {
    let service = Service::start();
    let id = |name: &str| {
        let email = format!("{name}@example.com");
        json!({ "username": name, "email": email, "external_id": "crm-1" }).to_string()
    };
    let lines = [
        line("minji"),
        line("sora"),
        with(&json!({ "username": "ＭＩＮＪＩ" })),
        id("jisu"),
        id("hana"),
        line("minji"),
    ];
    let rejected = import(&service, &lines, &["--skip-rejected"]);
    rejected.assert([6, 3, 0, 3]);
    let rows = rejected.with("rejected").into_iter();
    let mut found: Vec<_> = rows
        .map(|row| {
            let line = |name: &str| row[name].as_u64().unwrap();
            (
                line("line"),
                line("first_line"),
                row["code"].as_str().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (3, 1, "duplicate_username"),
            (3, 2, "duplicate_email"),
            (5, 4, "duplicate_external_id"),
            (6, 1, "duplicate_email"),
            (6, 1, "duplicate_username"),
        ]
    );
    assert_eq!(counts(&service), (3, 3));
}

#[test]
fn values_of_existing_accounts_are_named() {
    let service = Service::start();
    service.sign_up("minji");
    let crm = json!({ "username": "hana", "email": "hana@example.com", "external_id": "crm-1" });
    import(&service, &[crm.to_string()], &[]).assert([1, 1, 0, 0]);
    let other = |username: &str, email: &str, id: &str| {
        json!({ "username": username, "email": email, "external_id": id }).to_string()
    };
    let lines = [
        other("Minji", "other@example.com", "crm-2"),
        other("jisu", "MINJI@example.com", "crm-3"),
        other("sora", "sora@example.com", "crm-1"),
        other("minji", "hana@example.com", "crm-1"),
        line("yuna"),
    ];
    let rejected = import(&service, &lines, &["--skip-rejected"]);
    rejected.assert([5, 1, 0, 4]);
    let codes = [
        (1, "username", "username_taken"),
        (2, "email", "email_taken"),
        (3, "external_id", "external_id_taken"),
        (4, "email", "email_taken"),
        (4, "external_id", "duplicate_external_id"),
        (4, "external_id", "external_id_taken"),
        (4, "username", "duplicate_username"),
        (4, "username", "username_taken"),
    ];
    let codes = codes.map(|(line, field, code)| (line, field.into(), code.into()));
    assert_eq!(rejected.rejections(), codes);
    assert_eq!(log_in(&service, "minji", PASSWORD), 200);
}
