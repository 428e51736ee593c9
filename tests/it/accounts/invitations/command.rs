//! `daemun invite`: its arguments and its list.

use super::{done, invite, list, token};
use crate::support::Service;

/// Asserts that the command failed with this exit code. Returns its standard error.
#[track_caller]
fn refused(service: &Service, arguments: &[&str], code: i32) -> String {
    let output = invite(service.command(), arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {output:?}"
    );
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_list_shows_every_invitation_and_no_token() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    assert_eq!(
        done(service.command(), &["list"]),
        "id\tstate\temail\troles\tuses\tuses_left\tcreated_at\texpires_at"
    );
    let open = token(
        &service,
        &["--uses", "3", "--role", "editor", "--role", "a:b"],
    );
    let mailed = ["create", "--email", "Minji@Example.com"];
    done(service.command(), &mailed);
    let rows = list(service.command());
    assert_eq!(rows[0][1..6], ["valid", "", "editor,a:b", "3", "3"]);
    assert_eq!(rows[1][1..6], ["valid", "Minji@Example.com", "", "1", "1"]);
    assert!(!rows.concat().join("").contains("dmi_"));
    let mut stored = service.sql();
    let digests = "SELECT id || email || roles AS text FROM invitations WHERE $1 = '' AND $2 = ''";
    assert!(!stored.texts(digests, "", "").join("").contains(&open));
    let id = &rows[0][0];
    assert_eq!(
        done(service.command(), &["revoke", id]),
        format!("revoked {id}")
    );
    assert_eq!(list(service.command())[0][1], "revoked");
    done(service.command(), &["revoke", &rows[1][0]]);
    let mailed = &list(service.command())[1];
    assert_eq!(mailed[1..3], ["revoked", ""], "the address is deleted");
}

#[test]
fn an_invitation_is_revoked_once() {
    let service = Service::start();
    token(&service, &[]);
    let id = list(service.command())[0][0].clone();
    done(service.command(), &["revoke", &id]);
    for id in [&*id, "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"] {
        let error = refused(&service, &["revoke", id], 1);
        assert!(error.contains("no invitation has this ID"), "{error}");
    }
}

#[test]
fn invalid_arguments_are_rejected_with_an_example() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    for (arguments, part) in [
        (&["--uses", "0"][..], "1..=100000"),
        (&["--uses", "100001"], "1..=100000"),
        (&["--expires", "4m"], "from 5m to 400d"),
        (&["--expires", "401d"], "from 5m to 400d"),
        (&["--expires", "soon"], "from 5m to 400d"),
        (&["--role", "Admin"], "lower-case letters"),
        (&["--email", "minji"], "minji@example.com"),
        (
            &["--email", "minji@example.com", "--uses", "2"],
            "cannot be used with",
        ),
        (&["--language", "ko"], "--email"),
        (
            &["--email", "minji@example.com", "--language", "fr"],
            "en, ko",
        ),
    ] {
        let error = refused(&service, &[&["create"], arguments].concat(), 2);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
    let error = refused(&service, &["revoke", "first"], 2);
    assert!(error.contains("daemun invite list"), "{error}");
    let names: Vec<_> = (0..33).map(|number| format!("--role=r{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let error = refused(&service, &[&["create"], &*names].concat(), 1);
    assert!(error.contains("at most 32 roles"), "{error}");
    assert!(list(service.command()).is_empty());
}
