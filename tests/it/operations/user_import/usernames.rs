//! Usernames for lines without one.

use serde_json::json;

use super::{counts, import};
use crate::support::Service;

const FROM_EMAIL: [&str; 2] = ["--username-from", "email"];

fn line(email: &str) -> String {
    json!({ "email": email }).to_string()
}

/// Returns the usernames in the order of their accounts.
fn usernames(service: &Service) -> Vec<String> {
    let query = "SELECT username AS text FROM users WHERE $1 = $2 ORDER BY email";
    service.sql().texts(query, "", "")
}

#[test]
fn usernames_come_from_addresses_and_have_a_suffix_where_they_must() {
    let service = Service::start();
    service.sign_up("jisu");
    let lines = [
        line("a@example.com"),
        line("hana.kim+news@example.com"),
        line("jisu@other.example"),
        line("kim@a.example"),
        line("kim@b.example"),
        line("support@example.com"),
        line("yuna@example.com"),
        json!({ "email": "zoe@example.com", "username": "yuna" }).to_string(),
    ];
    import(&service, &lines, &FROM_EMAIL).assert([8, 8, 0, 0]);
    let names = usernames(&service);
    let starts = [
        "a-", "hana.kim", "jisu", "jisu-", "kim", "kim-", "support-", "yuna-", "yuna",
    ];
    assert_eq!(names.len(), starts.len());
    for (name, start) in names.iter().zip(starts) {
        let is_expected = if start.ends_with('-') {
            name.len() == start.len() + 7 && name.starts_with(start)
        } else {
            name == start
        };
        assert!(is_expected, "{name} {start}: {names:?}");
    }
    // The usernames are no part of what is compared, so a second run finds every account.
    import(&service, &lines, &FROM_EMAIL).assert([8, 0, 8, 0]);
    assert_eq!(usernames(&service), names);
}

#[test]
fn random_usernames_are_made_once() {
    let service = Service::start();
    let lines = [line("minji@example.com"), line("jisu@example.com")];
    let options = ["--username-from", "random"];
    import(&service, &lines, &options).assert([2, 2, 0, 0]);
    let names = usernames(&service);
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("user-") && name.len() == 15)
    );
    import(&service, &lines, &options).assert([2, 0, 2, 0]);
    assert_eq!(usernames(&service), names);
    assert_eq!(counts(&service), (2, 2));
}

#[test]
fn a_line_without_a_username_is_rejected_without_the_option() {
    let service = Service::start();
    let rejected = import(&service, &[line("minji@example.com")], &[]);
    let expected = (1, "username".into(), "required".into());
    assert_eq!(rejected.rejections(), [expected]);
}
