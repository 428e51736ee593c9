//! Fields, files, reports and options.

use std::fs;

use serde_json::{Value, json};

use super::{HASHED, command, counts, file, import, import_bytes, line, log_in};
use crate::support::{PASSWORD, Service};

#[test]
fn every_field_of_a_line_becomes_the_account() {
    let service = Service::start();
    let whole = json!({
        "username": "Minji", "email": "Minji@Example.com", "email_verified": true,
        "password": PASSWORD, "disabled": false, "created_at": "2019-05-01T09:30:00+09:00",
        "roles": ["editor", "a:b"], "metadata": {"plan": "pro"}, "display_name": "Kim Minji",
        "external_id": "crm-1842",
    });
    let disabled = json!({ "username": "jisu", "email": "jisu@example.com", "disabled": true });
    let imported = import(&service, &[whole.to_string(), disabled.to_string()], &[]);
    imported.assert([2, 2, 0, 0]);
    let first = imported.with("imported")[0];
    assert_eq!(first["external_id"], "crm-1842");
    let token = service.log_in("minji");
    let me = service.get("/me").bearer(&token).send().assert(200).json;
    assert_eq!(me["id"], first["id"]);
    assert_eq!(me["username"], "Minji");
    assert_eq!(me["email"], "Minji@Example.com");
    assert_eq!(me["email_verified"], true);
    assert_eq!(me["created_at"], "2019-05-01T00:30:00.000000Z");
    assert_eq!(me["display_name"], "Kim Minji");
    assert_eq!(me["roles"], json!(["editor", "a:b"]));
    assert_eq!(me["metadata"], json!({ "plan": "pro" }));
    let shown = service
        .command()
        .args(["user", "show", "jisu", "--json"])
        .output();
    let shown: Value = serde_json::from_slice(&shown.unwrap().stdout).unwrap();
    assert_eq!(shown["disabled"], true);
    assert_eq!(counts(&service), (2, 2));
}

#[test]
fn an_account_without_a_password_has_none() {
    let service = Service::start();
    let lines = ["minji", "jisu"].map(|name| {
        let email = format!("{name}@example.com");
        json!({ "username": name, "email": email, "password": null }).to_string()
    });
    import(&service, &lines, &[]).assert([2, 2, 0, 0]);
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    assert_eq!(log_in(&service, "minji", ""), 401);
}

#[test]
fn a_dry_run_writes_nothing_and_reports_the_same() {
    let service = Service::start();
    service.sign_up("jisu");
    let bad = json!({ "username": "a b", "email": "sora@example.com" }).to_string();
    let lines = [line("minji"), line("jisu"), bad];
    let dry = import(&service, &lines, &["--dry-run"]);
    dry.assert([3, 1, 1, 1]);
    assert_eq!(dry.rows.last().unwrap()["dry_run"], true);
    assert_eq!(counts(&service), (1, 0));
    let skipped = import(&service, &lines, &["--skip-rejected"]);
    skipped.assert([3, 1, 1, 1]);
    assert_eq!(dry.rejections(), skipped.rejections());
    assert_eq!(counts(&service), (2, 1));
}

#[test]
fn marks_line_ends_and_blank_lines_of_other_systems_are_read() {
    let service = Service::start();
    let text = format!("\u{feff}{}\r\n\r\n  \n{}", line("minji"), line("jisu"));
    let imported = import_bytes(&service, text.as_bytes(), &[]);
    imported.assert([2, 2, 0, 0]);
    let lines = imported.with("imported").into_iter();
    let lines: Vec<_> = lines.map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 4]);
    assert_eq!(log_in(&service, "minji", HASHED), 200);
    import_bytes(&service, b"", &[]).assert([0, 0, 0, 0]);
}

#[test]
fn a_copy_of_standard_input_leaves_nothing_behind() {
    let service = Service::start();
    let folder = service.home().path().join("temporary");
    fs::create_dir(&folder).unwrap();
    let option = ["--temp-dir", folder.to_str().unwrap()];
    import_bytes(&service, line("minji").as_bytes(), &option).assert([1, 1, 0, 0]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    let missing = import_bytes(&service, b"", &["--temp-dir", "missing"]);
    assert_eq!(missing.status, Some(1));
    assert!(missing.stderr.contains("missing: "), "{}", missing.stderr);
}

#[test]
fn a_report_is_a_new_file_of_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let service = Service::start();
    let path = file(&service, "accounts.jsonl", &[line("minji")]);
    let path = path.to_str().unwrap();
    let mut first = command(&service, path, &["--report", "report.jsonl"]);
    let output = first.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "imported 1 account, 0 existed already\n");
    let report = service.home().path().join("report.jsonl");
    let text = fs::read_to_string(&report).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!text.contains("minji") && !text.contains("$2"), "{text}");
    let mode = fs::metadata(&report).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The file of the accounts is no report either.
    for existing in ["report.jsonl", "accounts.jsonl"] {
        let before = fs::read(service.home().path().join(existing)).unwrap();
        let output = command(&service, path, &["--report", existing]).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(
            fs::read(service.home().path().join(existing)).unwrap(),
            before
        );
    }
}

#[test]
fn a_person_sees_the_first_rejections_and_their_number() {
    let service = Service::start();
    let lines: Vec<_> = (0..30).map(|_| String::from("{}")).collect();
    let path = file(&service, "bad.jsonl", &lines);
    let output = command(&service, path.to_str().unwrap(), &[])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("daemun: line 1: email: This field is required."),
        "{said}"
    );
    assert!(said.contains("and 40 more"), "{said}");
    let end = "daemun: 30 of 30 lines are rejected, so nothing was imported; \
               correct them, or use `--skip-rejected`";
    assert_eq!(said.lines().last(), Some(end));
}

#[test]
fn a_missing_file_and_wrong_arguments_are_reported() {
    let service = Service::start();
    for (arguments, status, part) in [
        (&["missing.jsonl"][..], 1, "missing.jsonl: No such file"),
        (&["."], 1, "is a folder"),
        (&[], 2, "FILE"),
        (&["x", "--username-from", "name"], 2, "email, random"),
        (&["x", "--json", "--report", "y"], 2, "cannot be used with"),
    ] {
        let mut command = service.command();
        let output = command.args(["user", "import"]).args(arguments).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}
