//! The app's name, URL and color in mails.

use crate::support::{Mail, Service};

/// Sends the test message with these settings and returns it.
fn test_message(settings: &[(&str, &str)]) -> Mail {
    let folder = tempfile::tempdir().unwrap();
    let url = ("DAEMUN_MAIL_URL", "file://mail");
    let mut command = Service::command_in(folder.path(), &[settings, &[url]].concat());
    let output = command.args(["mail", "test", "ann@example.com"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    Mail::in_folder(&folder.path().join("mail")).remove(0)
}

#[test]
fn mails_name_the_app_and_link_to_it() {
    let mail = test_message(&[
        ("DAEMUN_APP_NAME", " 대문 & Söhne "),
        ("DAEMUN_APP_URL", "https://app.example.com/#/home"),
    ]);
    let text = mail.text();
    assert!(text.starts_with("대문 & Söhne\n"), "{text}");
    let footer = "\n\n대문 & Söhne\nhttps://app.example.com/#/home";
    assert!(text.trim_end().ends_with(footer), "{text}");
    let html = mail.part("text/html");
    assert!(html.contains("대문 &#38; Söhne<br><a href=\"https://app.example.com/#/home\""));
}

#[test]
fn an_app_without_a_name_has_the_name_of_the_sender_or_its_domain() {
    for (from, name) in [
        ("Example <no-reply@example.com>", "Example"),
        ("no-reply@example.com", "example.com"),
        ("", "daemun"),
    ] {
        let text = test_message(&[("DAEMUN_MAIL_FROM", from)]).text();
        assert!(text.starts_with(&format!("{name}\n")), "{text}");
        assert!(!text.contains("http"), "{text}");
    }
}

#[test]
fn a_sender_without_a_name_has_the_name_of_the_app() {
    let name = ("DAEMUN_APP_NAME", "Acme");
    for (from, header) in [
        ("no-reply@example.com", "Acme <no-reply@example.com>"),
        (
            "Acme Accounts <no-reply@example.com>",
            "\"Acme Accounts\" <no-reply@example.com>",
        ),
    ] {
        let mail = test_message(&[name, ("DAEMUN_MAIL_FROM", from)]);
        assert_eq!(mail.header("From"), header);
        assert!(mail.text().starts_with("Acme\n"));
    }
}
