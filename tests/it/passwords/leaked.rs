//! Leaked passwords: the built-in filter, and the operator's own from `daemun passwords filter`.

use std::{fs, process::Output};

use serde_json::json;

use crate::support::{Home, PASSWORD, Service};

/// Passwords of public lists that an estimate alone accepts.
const LEAKED: [&str; 4] = ["6aseball^", "hope&despair", "salahadin1", "o9i86y5t"];

fn filter(home: &Home, arguments: &[&str]) -> Output {
    let mut command = Service::command_at(home, &[]);
    command.args(["passwords", "filter"]).args(arguments);
    command.output().unwrap()
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_leaked_password_is_rejected_wherever_a_password_is_set() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for (number, password) in LEAKED.into_iter().enumerate() {
        let name = format!("person{number}");
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": password });
        let reply = service.post("/signup", &body).send();
        assert_eq!(reply.refused(), ["password password_common"]);
        let body = json!({ "current_password": PASSWORD, "new_password": password });
        let change = service.call("PUT", "/me/password").json(&body);
        let reply = change.bearer(&minji.token).send();
        assert_eq!(reply.refused(), ["new_password password_common"]);
    }
}

#[test]
fn an_operator_adds_a_list_of_passwords() {
    let home = Home::new();
    let list = home.path().join("list.txt");
    fs::write(&list, "Tangerine-42-lantern\nshort\nTangerine-42-lantern\n").unwrap();
    let made = filter(&home, &["list.txt", "own.filter"]);
    assert!(made.status.success(), "{made:?}");
    let said = String::from_utf8(made.stdout).unwrap();
    assert!(said.starts_with("1 passwords in "), "{said}");
    assert!(said.ends_with("own.filter; 1 lines skipped\n"), "{said}");
    let again = refused(&filter(&home, &["list.txt", "own.filter"]));
    assert!(
        again.contains("own.filter exists already and is not overwritten"),
        "{again}"
    );
    let own = home.path().join("own.filter");
    let settings = [("DAEMUN_PASSWORD_FILTER_FILE", own.to_str().unwrap())];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let body = |password| json!({ "username": "minji", "email": "minji@example.com", "password": password });
    for password in ["Tangerine-42-lantern", LEAKED[0]] {
        let reply = service.post("/signup", &body(password)).send();
        assert_eq!(reply.refused(), ["password password_common"]);
    }
    let other = body("Tangerine-43-lantern");
    service.post("/signup", &other).send().assert(201);
}

#[test]
fn a_list_that_makes_no_filter_leaves_no_file() {
    let home = Home::new();
    let folder = home.path();
    fs::write(folder.join("empty.txt"), "short\n\n").unwrap();
    fs::write(folder.join("plain.txt"), "password1\n").unwrap();
    for (arguments, reported) in [
        (&["absent.txt", "x.filter"][..], "absent.txt: "),
        (
            &["empty.txt", "x.filter"],
            "has no password of 8 to 128 characters",
        ),
        (
            &["plain.txt", "x.filter", "--sha1"],
            "line 1 is not a SHA-1 digest",
        ),
        (&["plain.txt", "absent/x.filter"], "absent/x.filter: "),
    ] {
        let line = refused(&filter(&home, arguments));
        assert!(line.contains(reported), "{arguments:?}: {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
    let names = fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.contains("filter")));
}

#[test]
fn a_file_that_is_no_filter_stops_the_start() {
    let home = Home::new();
    let list = home.path().join("list.txt");
    fs::write(&list, "password1\n").unwrap();
    let settings = [("DAEMUN_PASSWORD_FILTER_FILE", list.to_str().unwrap())];
    let failed = Service::try_start_in(&home, &settings).err().unwrap();
    assert!(failed.contains("DAEMUN_PASSWORD_FILTER_FILE: "), "{failed}");
    assert!(
        failed.contains("not a password filter, or damaged"),
        "{failed}"
    );
}
