//! The banner and the log of `daemun dev`.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::{Value, json};

use super::{account, command, dev};
use crate::support::{Call, Home, Service, wait_until};

#[test]
fn the_log_has_the_code_and_the_link_on_lines_of_their_own() {
    let service = dev(&[]);
    service
        .post("/signup", &account("minji"))
        .send()
        .assert(201);
    wait_until(|| service.log().contains("mail.printed"));
    let log = service.log();
    let printed = log
        .lines()
        .find(|line| line.contains("mail.printed"))
        .unwrap();
    let event: Value = serde_json::from_str(printed).unwrap();
    let message = event["message"].as_str().unwrap();
    let fact = |name: &str| {
        let line = message.lines().find(|line| line.trim().starts_with(name));
        line.unwrap_or_else(|| panic!("{message}")).trim()[name.len()..]
            .trim()
            .to_owned()
    };
    assert_eq!(fact("To"), "minji@example.com");
    let link = fact("Link");
    let prefix = format!(
        "http://localhost:{}/email/verify#token=",
        service.address().port()
    );
    let token = link
        .strip_prefix(&prefix)
        .unwrap_or_else(|| panic!("{link}"));
    let token = token.split('&').next().unwrap();
    let body = json!({ "token": token, "password": "Correct-Horse-7-battery" });
    service.post("/email/verify", &body).send().assert(200);
    service.post("/signup", &account("ann")).send().assert(201);
    wait_until(|| service.log().matches("mail.printed").count() == 2);
    assert_eq!(fact("Code").len(), 6, "{message}");
}

#[test]
fn the_banner_lists_what_is_loosened() {
    let service = dev(&[]);
    let log = service.log();
    let event = |name: &str| -> Value {
        let line = log.lines().find(|line| line.contains(name)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    assert_eq!(event("service.development")["level"], "WARN");
    let loosened = event("service.development")["loosened"]
        .as_str()
        .unwrap()
        .to_owned();
    for setting in [
        "DAEMUN_CAPTCHA",
        "DAEMUN_LIMIT_",
        "DAEMUN_CORS_ORIGINS",
        "DAEMUN_MAIL_URL",
    ] {
        assert!(loosened.contains(setting), "{loosened}");
    }
    let ready = event("service.ready");
    let file = service
        .home()
        .path()
        .canonicalize()
        .unwrap()
        .join("data/dev.db");
    assert_eq!(ready["database"], format!("sqlite://{}", file.display()));
    assert_eq!(ready["api"], service.origin());
    let strict = Service::start_with(&[]);
    assert!(!strict.log().contains("service.development"));
}

#[test]
fn a_person_can_read_the_log_through_a_pipe() {
    let home = Home::on_a_file();
    let mut command = command(&home, &[]);
    command.env_remove("DAEMUN_LOG_FORMAT");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut after = |start: &str| {
        let line = lines.find(|line| line.trim_start().starts_with(start));
        line.unwrap().trim_start()[start.len()..].trim().to_owned()
    };
    let api = after("API");
    let database = after("Database");
    assert!(after("Mail").contains("this log"));
    assert!(after("Commands").ends_with(&format!("DATABASE_URL={database}")));
    assert!(after("DEVELOPMENT MODE").contains("do not use it in production"));
    let address = api
        .replace("http://localhost", "127.0.0.1")
        .parse()
        .unwrap();
    let call = Call::new(address, "POST", "/signup").json(&account("minji"));
    call.send().assert(201);
    assert_eq!(after("To"), "minji@example.com");
    assert_eq!(after("Code").len(), 6);
    assert!(after("Link").starts_with(&format!("{api}/email/verify#token=")));
    child.kill().unwrap();
    child.wait().unwrap();
}
