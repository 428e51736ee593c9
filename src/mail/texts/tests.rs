//! Every message in every language, as it is sent.

use super::*;
use crate::mail::render::{html::Html, text};
use askama::Template;

const LANGUAGES: [Language; 2] = [Language::English, Language::Korean];
const LINK: &str = "https://app.example.com/email/verify#token=dmc_abc";
const DETAIL: &str = r#"{"username":"evil.example","ip":"203.0.113.7","user_agent":"Firefox/1 evil.example Linux","at":"x"}"#;

fn about(kind: MessageKind, language: Language) -> About<'static> {
    let proves = kind.purpose().is_some();
    About {
        kind,
        language,
        service: "R&D <Example>",
        code: proves.then_some("012345"),
        link: proves.then(|| LINK.to_owned()),
        detail: DETAIL,
        created_at: Timestamp::from_micros(1_795_348_859_000_000),
    }
}

fn sent() -> impl Iterator<Item = (MessageKind, Letter)> {
    MessageKind::ALL.into_iter().flat_map(|kind| {
        LANGUAGES
            .into_iter()
            .map(move |language| (kind, letter(&about(kind, language))))
    })
}

#[test]
fn every_kind_has_its_own_words_in_every_language() {
    let subjects: std::collections::HashSet<_> = sent().map(|(_, letter)| letter.subject).collect();
    assert_eq!(subjects.len(), 2 * MessageKind::ALL.len());
}

#[test]
fn code_and_link_stand_in_both_parts_with_how_long_they_are_good_for() {
    for (kind, letter) in sent() {
        let proves = kind.purpose().is_some();
        for part in [
            text::render(&letter),
            Html { content: &letter }.render().unwrap(),
        ] {
            assert_eq!(part.contains("012345"), proves, "{kind:?}");
            assert_eq!(part.contains(LINK), proves, "{kind:?}");
            assert_eq!(part.contains("15"), proves, "{kind:?}: {part}");
        }
    }
}

#[test]
fn what_a_stranger_can_have_sent_holds_nothing_that_he_chose() {
    for (kind, letter) in sent() {
        let is_notice = kind.purpose().is_none() && kind != MessageKind::AccountExists;
        for part in [
            text::render(&letter),
            Html { content: &letter }.render().unwrap(),
        ] {
            // A user name once, in what goes to its owner; a device's own words never.
            let count = part.matches("evil.example").count();
            assert_eq!(count, usize::from(is_notice), "{kind:?}: {part}");
        }
    }
}

#[test]
fn html_means_what_was_written() {
    for (_, letter) in sent() {
        let html = Html { content: &letter }.render().unwrap();
        assert!(html.contains("R&#38;D &#60;Example&#62;"), "{html}");
        assert!(!html.contains("<Example>"));
        assert!(!html.contains("src=") && !html.contains("url("), "{html}");
    }
}

#[test]
fn a_new_device_is_told_by_its_kind_time_and_network() {
    let told = text::render(&letter(&about(MessageKind::NewDevice, Language::English)));
    for fact in [
        "When: 2026-11-22 12:00 UTC",
        "Device: Firefox, Linux",
        "Network address: 203.0.113.7",
    ] {
        assert!(told.contains(fact), "{told}");
    }
    for detail in ["", "{}", "[]", r#"{"ip":"<b>","user_agent":"?"}"#] {
        let about = About {
            detail,
            ..about(MessageKind::NewDevice, Language::Korean)
        };
        let told = text::render(&letter(&about));
        assert!(
            told.contains("기기: 알 수 없음") && !told.contains("IP 주소"),
            "{told}"
        );
    }
}

#[test]
fn an_apple_device_is_named_in_the_language_of_the_message() {
    for (language, fact) in [
        (Language::English, "Device: an Apple device"),
        (Language::Korean, "기기: Apple 기기"),
    ] {
        let about = About {
            detail: r#"{"user_agent":"Example/42 CFNetwork/3826.500.131 Darwin/25.0.0"}"#,
            ..about(MessageKind::NewDevice, language)
        };
        let told = text::render(&letter(&about));
        assert!(told.contains(fact), "{told}");
    }
}

#[test]
fn what_is_not_there_is_not_told_of() {
    let whole = |code, link: Option<&str>| {
        let about = About {
            code,
            link: link.map(str::to_owned),
            ..about(MessageKind::ResetPassword, Language::English)
        };
        text::render(&letter(&about))
    };
    let code_alone = whole(Some("012345"), None);
    assert!(
        code_alone.contains("The code works for 15 minutes and 5 tries."),
        "{code_alone}"
    );
    let both = whole(Some("012345"), Some(LINK));
    assert!(both.contains("tries, the link for 30 minutes."), "{both}");
    let late = whole(None, Some(LINK));
    assert!(
        late.contains("code has run out") && late.contains("30 minutes from when"),
        "{late}"
    );
}
