//! The domains of email addresses that the operator allows and denies.

use std::fs;

use serde_json::json;

use crate::support::{Home, PASSWORD, Reply, Service, wait_until};

const NOT_ALLOWED: [&str; 1] = ["email email_domain_not_allowed"];

fn sign_up(service: &Service, name: &str, domain: &str) -> Reply {
    let email = format!("{name}@{domain}");
    let body = json!({ "username": name, "email": email, "password": PASSWORD });
    service.post("/signup", &body).send()
}

/// Asserts that the domain is rejected.
#[track_caller]
fn refused(reply: Reply) {
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), NOT_ALLOWED);
}

#[test]
fn only_allowed_domains_may_sign_up() {
    let service = Service::start_with(&[
        (
            "DAEMUN_EMAIL_DOMAINS_ALLOWED",
            "Example.com, .example.net,bücher.example",
        ),
        ("DAEMUN_EMAIL_DOMAINS_DENIED", ".students.example.net"),
    ]);
    for (number, domain) in ["EXAMPLE.com", "a.example.net", "xn--bcher-kva.example"]
        .into_iter()
        .enumerate()
    {
        sign_up(&service, &format!("minji{number}"), domain).assert(201);
    }
    for domain in [
        "mail.example.com",
        "example.net",
        "a.students.example.net",
        "example.org",
    ] {
        refused(sign_up(&service, "jisoo", domain));
    }
}

#[test]
fn every_rejected_field_is_listed_with_the_domain() {
    let service = Service::start_with(&[("DAEMUN_EMAIL_DOMAINS_DENIED", "example.org")]);
    let body = json!({ "username": "m", "email": "minji@example.org", "password": "password" });
    let reply = service.post("/signup", &body).send();
    let mut refused = reply.assert_problem(422, "validation_failed").refused();
    refused.sort();
    let expected = [
        NOT_ALLOWED[0],
        "password password_common",
        "username too_short",
    ];
    assert_eq!(refused, expected);
    let malformed = json!({ "username": "minji", "email": "minji@", "password": PASSWORD });
    let reply = service.post("/signup", &malformed).send();
    assert_eq!(reply.refused(), ["email invalid_email"]);
}

#[test]
fn an_account_may_not_change_to_a_denied_domain_and_keeps_its_own() {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    let mut service = Service::start_with(&[mail]);
    let minji = service.sign_up("minji");
    service.stop();
    let denied = ("DAEMUN_EMAIL_DOMAINS_DENIED", "example.com");
    let service = Service::try_start_in(service.home(), &[mail, denied]).unwrap();
    service.log_in(&minji.email);
    let change = |email: &str| {
        let body = json!({ "email": email });
        let call = service.call("PUT", "/me/email").json(&body);
        call.bearer(&minji.token).send()
    };
    refused(change("other@example.com"));
    change("minji@example.net").assert(202);
}

#[test]
fn an_invitation_for_any_address_keeps_the_lists() {
    let service = Service::start_with(&[("DAEMUN_EMAIL_DOMAINS_ALLOWED", "example.net")]);
    let created = service.command().args(["invite", "create"]).output();
    let token = String::from_utf8(created.unwrap().stdout).unwrap();
    let sign_up = |email: &str| {
        let body = json!({ "username": "minji", "email": email, "password": PASSWORD, "invitation": token });
        service.post("/signup", &body).send()
    };
    refused(sign_up("minji@example.com"));
    sign_up("minji@example.net").assert(201);
}

#[test]
fn sighup_reads_the_files_again_and_keeps_the_lists_after_a_fault() {
    let home = Home::new();
    let file = home.path().join("denied.txt");
    fs::write(&file, "# Ours\nexample.org\n").unwrap();
    let settings = [("DAEMUN_EMAIL_DOMAINS_DENIED_FILE", file.to_str().unwrap())];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let reload = |event: &str, count: usize| {
        service.signal("HUP");
        wait_until(|| service.log().matches(event).count() == count);
    };
    refused(sign_up(&service, "minji", "example.org"));
    fs::write(&file, "example.net\n.example.net\n").unwrap();
    refused(sign_up(&service, "minji", "example.org"));
    reload("email_domains.replaced", 1);
    assert!(service.log().contains("\"denied\":2"), "{}", service.log());
    sign_up(&service, "minji", "example.org").assert(201);
    refused(sign_up(&service, "jisoo", "example.net"));
    for (number, broken) in ["", "example.org\nno domain\n"].into_iter().enumerate() {
        fs::write(&file, broken).unwrap();
        reload("email_domains.kept", number + 1);
    }
    fs::remove_file(&file).unwrap();
    reload("email_domains.kept", 3);
    refused(sign_up(&service, "jisoo", "example.net"));
    // Only the service reads the files: its health check and the commands of operators do not fail.
    for command in [&["healthcheck"][..], &["user", "list"]] {
        let mut run = service.command();
        run.env("DAEMUN_LISTEN", service.address().to_string());
        let output = run.args(command).output().unwrap();
        assert!(output.status.success(), "{command:?}: {output:?}");
    }
    let failed = Service::try_start_in(&Home::new(), &settings)
        .err()
        .unwrap();
    assert!(
        failed.contains("DAEMUN_EMAIL_DOMAINS_DENIED_FILE: cannot read "),
        "{failed}"
    );
    let log = service.log();
    for fault in [
        "DAEMUN_EMAIL_DOMAINS_DENIED_FILE: the file has no domain; for example ",
        "DAEMUN_EMAIL_DOMAINS_DENIED_FILE: line 2 is not a domain; for example ",
        "DAEMUN_EMAIL_DOMAINS_DENIED_FILE: cannot read ",
    ] {
        assert!(log.contains(fault), "{fault}: {log}");
    }
}
