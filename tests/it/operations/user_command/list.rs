//! `daemun user list`.

use serde_json::{Value, json};

use super::{done, shown, user};
use crate::support::{PASSWORD, Service};

/// Returns the usernames of the listed accounts.
fn names(listed: &str) -> Vec<&str> {
    let rows = listed.lines().skip(1);
    rows.map(|row| row.split('\t').nth(1).unwrap()).collect()
}

#[test]
fn accounts_are_listed_by_age_with_their_state() {
    let service = Service::start();
    let names = ["cho", "ann", "ben"];
    let made = names.map(|name| service.sign_up(name));
    done(&service, &["disable", "ann"], "");
    done(&service, &["set-roles", "ann", "a", "b"], "");
    let listed = done(&service, &["list"], "");
    let rows: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let head = [
        "id",
        "username",
        "email",
        "email_verified",
        "disabled",
        "created_at",
        "roles",
        "last_login_at",
    ];
    assert_eq!(rows[0], head);
    for (row, account) in rows[1..].iter().zip(&made) {
        let is_ann = account.username == "ann";
        let is_disabled = is_ann.to_string();
        let expected = [
            &account.id,
            &account.username,
            &account.email,
            "false",
            &is_disabled,
        ];
        assert_eq!(row[..5], expected);
        assert!(row[5].ends_with('Z') && row[7].ends_with('Z'), "{row:?}");
        assert_eq!(row[6], if is_ann { "a,b" } else { "" });
    }
    assert_eq!(rows.len(), 4);
    assert!(!listed.contains("$2b$"));
}

#[test]
fn json_lines_equal_the_shown_accounts() {
    let service = Service::start();
    for name in ["cho", "ann", "ben"] {
        service.sign_up(name);
    }
    service.log_in("ann");
    done(&service, &["disable", "ben"], "");
    let listed = done(&service, &["list", "--json"], "");
    let listed: Vec<Value> = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        listed,
        ["cho", "ann", "ben"].map(|name| shown(&service, name))
    );
    let sessions: Vec<_> = listed.iter().map(|account| &account["sessions"]).collect();
    assert_eq!(sessions, [&json!(1), &json!(2), &json!(0)]);
}

#[test]
fn a_search_finds_the_beginning_of_a_username_or_email() {
    let service = Service::start();
    for (name, email) in [
        ("Minji", "first@example.com"),
        ("minsu_kim", "second@example.com"),
        ("minsuakim", "third@example.com"),
        ("Straße", "Minerva@example.com"),
        ("민지", "kim@한국.kr"),
    ] {
        done(&service, &["create", name, email], PASSWORD);
    }
    for (search, expected) in [
        ("MIN", "Minji minsu_kim minsuakim Straße"),
        ("ｍｉｎｊ", "Minji"),
        ("minsu_", "minsu_kim"),
        ("m%", ""),
        ("\\", ""),
        ("STRASSE", "Straße"),
        ("minerva@EXAMPLE.com", "Straße"),
        ("민", "민지"),
        ("kim@한국.kr", "민지"),
        ("kim", "민지"),
        ("inji", ""),
        ("' OR 1=1 --", ""),
    ] {
        let listed = done(&service, &["list", "--search", search], "");
        assert_eq!(names(&listed).join(" "), expected, "{search}");
    }
    for rejected in ["", " ", &"a".repeat(255)] {
        let output = user(&service, &["list", "--search", rejected], "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn pages_hold_every_account_once() {
    let service = Service::start();
    for number in 0..7 {
        service.sign_up(&format!("minji{number}"));
    }
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut arguments = vec!["list", "--search", "minji", "--limit", "3"];
        if let Some(after) = &after {
            arguments.extend(["--after", after]);
        }
        let page = done(&service, &arguments, "");
        let rows = page.lines().skip(1);
        let ids: Vec<_> = rows
            .map(|row| row.split('\t').next().unwrap().to_owned())
            .collect();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        assert!(ids.len() <= 3);
        match ids.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    let expected: Vec<_> = (0..7).map(|number| format!("minji{number}")).collect();
    assert_eq!(seen, expected);
    assert_eq!(
        names(&done(&service, &["list", "--limit", "0"], "")),
        [""; 0]
    );
    for wrong in [
        &["--after", "minji0"],
        &["--limit", "-1"],
        &["--limit", "x"],
    ] {
        let output = user(&service, &[&["list"], &wrong[..]].concat(), "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
