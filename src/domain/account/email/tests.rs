//! Forms of email addresses, accepted and rejected.

use proptest::prelude::*;

use super::*;

fn key(raw: &str) -> String {
    Email::parse(raw).expect(raw).key.0
}

#[test]
fn spelling_is_kept() {
    let email = Email::parse("Ann.Lee+News@Mail.Example.COM").unwrap();
    assert_eq!(email.as_str(), "Ann.Lee+News@Mail.Example.COM");
    assert_eq!(email.key().as_str(), "ann.lee+news@mail.example.com");
}

#[test]
fn surrounding_white_space_is_removed() {
    let email = Email::parse(" \t\u{3000}Ann@mail.example\u{a0}\r\n").unwrap();
    assert_eq!(email.as_str(), "Ann@mail.example");
}

#[test]
fn equivalent_domains_have_one_key() {
    assert_eq!(key("a@bücher.example"), "a@xn--bcher-kva.example");
    for other in [
        "a@BÜCHER.example",
        "a@bu\u{308}cher.example",
        "a@xn--bcher-kva.example",
        "a@bücher．example",
        "a@bü\u{ad}cher.ｅxample",
    ] {
        assert_eq!(key(other), key("a@bücher.example"), "{other}");
    }
    assert_eq!(key("kim@한국.kr"), "kim@xn--3e0b707e.kr");
}

#[test]
fn sent_form_is_ascii_and_keeps_the_case_of_the_local_part() {
    for (written, sent) in [
        ("Ann.Lee@Mail.Example.COM", "Ann.Lee@mail.example.com"),
        ("Kim@한국.kr", "Kim@xn--3e0b707e.kr"),
    ] {
        assert_eq!(Email::parse(written).unwrap().as_sent(), sent);
    }
}

#[test]
fn invisible_characters_are_removed() {
    let email = Email::parse("Kim@Bü\u{ad}cher.example").unwrap();
    assert_eq!(email.as_str(), "Kim@bücher.example");
}

#[test]
fn rejects_text_that_is_not_one_public_address() {
    for raw in [
        "",
        "@",
        "ann",
        "ann@",
        "@mail.example",
        "ann@localhost",
        "ann@mail.example.",
        "ann@.mail.example",
        "ann@mail..example",
        "ann@-mail.example",
        "ann@mail-.example",
        "ann@ma_il.example",
        "ann@127.0.0.1",
        "ann@[127.0.0.1]",
        "ann@[IPv6:::1]",
        "ann@mail.0x7f",
        "ann@mail.1",
        "a@b@mail.example",
        "\"ann lee\"@mail.example",
        "ann lee@mail.example",
        ".ann@mail.example",
        "ann.@mail.example",
        "an..n@mail.example",
        "ann @mail.example",
        "ann@ mail.example",
        "ann\0@mail.example",
        "Ann <ann@mail.example>",
        "a@mail.example,b@mail.example",
        "ånn@mail.example",
        "\u{212a}im@mail.example",
        "ann@xn--a.example",
        "ann@ab--cd.example",
        "ann@mail.exa%6dple",
        "ann\u{ff20}mail.example",
        "mailto:ann",
    ] {
        assert_eq!(Email::parse(raw), Err(Invalid::InvalidEmail), "{raw:?}");
    }
}

#[test]
fn length_limits_are_those_of_rfc_5321() {
    let local = |length| format!("{}@mail.example", "a".repeat(length));
    assert!(Email::parse(&local(64)).is_ok());
    assert_eq!(Email::parse(&local(65)), Err(Invalid::TooLong));

    let label = format!("{}.", "b".repeat(61));
    let whole = |length: usize| {
        let rest = format!("@{}example", label.repeat(3));
        format!("{}{rest}", "a".repeat(length - rest.len()))
    };
    assert_eq!(whole(254).len(), 254);
    assert!(Email::parse(&whole(254)).is_ok());
    assert_eq!(Email::parse(&whole(255)), Err(Invalid::TooLong));
    assert!(Email::parse(&format!("a@{}.example", "b".repeat(63))).is_ok());
    assert_eq!(
        Email::parse(&format!("a@{}.example", "b".repeat(64))),
        Err(Invalid::InvalidEmail)
    );
}

#[test]
fn sent_length_is_limited_not_written_length() {
    let hangul = format!("{}@{}kr", "a".repeat(60), "한국어이름표.".repeat(8));
    assert!(hangul.chars().count() <= Email::MAX);
    assert_eq!(Email::parse(&hangul), Err(Invalid::TooLong));
}

#[test]
fn debug_hides_the_address() {
    let email = Email::parse("ann@mail.example").unwrap();
    assert!(!format!("{email:?} {:?}", email.key()).contains("ann"));
}

proptest! {
    #[test]
    fn any_text_is_parsed(text in any::<String>(), domain in any::<String>()) {
        let _ = Email::parse(&text);
        let _ = Email::parse(&format!("ann@{domain}"));
    }

    #[test]
    fn parsing_is_idempotent(local in "[a-zA-Z0-9.+]{1,12}", domain in "([a-zA-Zßäöü가-힣א-ת0-9Ａ-Ｚ]{1,8}[.。]){1,3}[a-zA-Z가-힣]{2,5}") {
        let Ok(email) = Email::parse(&format!("{local}@{domain}")) else { return Ok(()) };
        prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
        prop_assert_eq!(Email::parse(email.key().as_str()).map(|again| again.key), Ok(email.key.clone()));
        prop_assert!(email.key().as_str().is_ascii());
        prop_assert!(email.key().as_str().len() <= Email::MAX);
    }
}
