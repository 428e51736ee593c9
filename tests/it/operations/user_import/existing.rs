//! Accounts that exist already: done if they are equal, and rejected otherwise.

use serde_json::{Value, json};

use super::{HASHED, counts, import, line, log_in};
use crate::support::{PASSWORD, Service};

/// Returns a line with every identifier and further members.
fn with(members: &Value) -> String {
    let mut line = json!({
        "username": "minji", "email": "minji@example.com", "external_id": "crm-1",
        "created_at": "2024-05-01T09:30:00Z", "password_hash": super::HASH,
    });
    let others = members.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(others);
    line.to_string()
}

#[test]
fn a_second_run_changes_nothing_and_names_the_same_accounts() {
    let service = Service::start();
    let lines = [with(&json!({})), line("jisu")];
    let first = import(&service, &lines, &[]);
    first.assert([2, 2, 0, 0]);
    let second = import(&service, &lines, &[]);
    second.assert([2, 0, 2, 0]);
    for (one, other) in first.with("imported").iter().zip(second.with("existing")) {
        assert_eq!(one["id"], other["id"]);
        assert_eq!(other["differs"], json!([]));
    }
    assert_eq!(counts(&service), (2, 2));
}

#[test]
fn the_fields_that_differ_are_named_and_stay() {
    let service = Service::start();
    import(&service, &[with(&json!({ "roles": ["a"] }))], &[]).assert([1, 1, 0, 0]);
    let changed = with(&json!({
        "roles": ["b"], "metadata": {"a": 1}, "disabled": true, "email_verified": true,
        "display_name": "Minji", "password_hash": super::HASH.replace("$2a$", "$2y$"),
    }));
    let second = import(&service, &[changed], &[]);
    second.assert([1, 0, 1, 0]);
    assert_eq!(
        second.with("existing")[0]["differs"],
        json!([
            "email_verified",
            "password_hash",
            "disabled",
            "display_name",
            "roles",
            "metadata"
        ])
    );
    assert_eq!(second.rows.last().unwrap()["differing"], 1);
    assert_eq!(log_in(&service, "minji", HASHED), 200);
}

#[test]
fn an_account_with_other_identifiers_is_another_one() {
    let service = Service::start();
    import(&service, &[with(&json!({}))], &[]).assert([1, 1, 0, 0]);
    for members in [
        json!({ "username": "minji2" }),
        json!({ "email": "minji2@example.com" }),
        json!({ "external_id": "crm-2" }),
        json!({ "created_at": "2024-05-01T09:30:01Z" }),
    ] {
        let rejected = import(&service, &[with(&members)], &[]);
        rejected.assert([1, 0, 0, 1]);
        assert!(!rejected.rejections().is_empty(), "{members}");
    }
    // Values that a line does not give are not compared.
    let fewer = with(&json!({ "external_id": null, "created_at": null }));
    import(&service, &[fewer], &[]).assert([1, 0, 1, 0]);
}

#[test]
fn a_signup_before_the_import_is_seen_by_the_time_it_was_made() {
    let service = Service::start();
    service.sign_up("minji");
    let rejected = import(&service, &[with(&json!({ "external_id": null }))], &[]);
    let codes = [
        (1, "email".into(), "email_taken".into()),
        (1, "username".into(), "username_taken".into()),
    ];
    assert_eq!(rejected.rejections(), codes);
    assert_eq!(log_in(&service, "minji", PASSWORD), 200);
}

#[test]
fn a_username_that_a_pending_signup_has_is_taken() {
    let service = Service::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
    ]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(202);
    let rejected = import(
        &service,
        &[line("minji"), line("jisu")],
        &["--skip-rejected"],
    );
    let expected = (1, "username".into(), "username_taken".into());
    assert_eq!(rejected.rejections(), [expected]);
    rejected.assert([2, 1, 0, 1]);
}

#[test]
fn each_account_is_sent_to_the_webhook() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let service = Service::start_with(&[
        ("DAEMUN_WEBHOOK_URL", "http://127.0.0.1:9/"),
        ("DAEMUN_WEBHOOK_SECRET", secret),
    ]);
    import(&service, &[line("minji"), line("jisu")], &[]).assert([2, 2, 0, 0]);
    let queued = "SELECT COUNT(*) AS number FROM webhook_messages m, events e \
                  WHERE e.id = m.event_id AND e.type = 'user.imported'";
    assert_eq!(service.sql().numbers(queued), [2]);
}
