//! Every message in every language, as it is sent.

use std::sync::LazyLock;

use askama::Template;

use super::*;
use crate::{
    domain::{
        branding::{Accent, color::Color},
        credential::challenge::Purpose,
    },
    mail::render::{html::Html, text::render},
};

const LANGUAGES: [Language; 2] = [Language::English, Language::Korean];
const LINK: &str = "https://app.example.com/email/verify#token=dmc_abc";
const INVITATION: &str = "dmi_abc";
const APP_URL: &str = "https://app.example.com/?a=b&c=d";

static BRANDING: LazyLock<Branding> = LazyLock::new(|| Branding {
    name: String::from("R&D <Example>"),
    url: Some(APP_URL.to_owned()),
    accent: Accent::of(Color::new(0x17, 0x69, 0x5a)).unwrap(),
});

const DETAIL: &str = r#"{"username":"evil.example","ip":"203.0.113.7","user_agent":"Firefox/1 evil.example Linux","at":"x","expires_at":1795435259000000}"#;

/// Returns whether a message has a link.
fn has_link(kind: MessageKind) -> bool {
    kind.has_secret() && kind.purpose().is_none_or(Purpose::has_link)
}

fn facts(kind: MessageKind, language: Language) -> MessageFacts<'static> {
    let proves = kind.purpose().is_some();
    MessageFacts {
        kind,
        language,
        branding: &BRANDING,
        code: proves.then_some("012345"),
        link: has_link(kind).then(|| LINK.to_owned()),
        invitation: kind.has_secret().then_some(INVITATION),
        detail: DETAIL,
        created_at: Timestamp::from_micros(1_795_348_859_000_000),
    }
}

fn sent() -> impl Iterator<Item = (MessageKind, Content)> {
    MessageKind::ALL.into_iter().flat_map(|kind| {
        LANGUAGES
            .into_iter()
            .map(move |language| (kind, content(&facts(kind, language))))
    })
}

#[test]
fn every_kind_has_texts_of_its_own_in_every_language() {
    let subjects: std::collections::HashSet<_> =
        sent().map(|(_, content)| content.subject).collect();
    assert_eq!(subjects.len(), 2 * MessageKind::ALL.len());
}

#[test]
fn both_parts_contain_code_link_and_their_validity() {
    for (kind, content) in sent() {
        let proves = kind.purpose().is_some();
        for part in [
            render(&content),
            Html { content: &content }.render().unwrap(),
        ] {
            assert_eq!(part.contains("012345"), proves, "{kind:?}");
            assert_eq!(part.contains(LINK), has_link(kind), "{kind:?}");
            assert_eq!(part.contains("15"), proves, "{kind:?}: {part}");
            assert!(!part.contains(INVITATION), "{kind:?}: {part}");
        }
    }
}

#[test]
fn mail_that_anyone_can_trigger_contains_no_attacker_text() {
    for (kind, content) in sent() {
        let is_notice = kind.is_notice();
        for part in [
            render(&content),
            Html { content: &content }.render().unwrap(),
        ] {
            // A notice to the owner contains the username once; no message quotes a user agent.
            let count = part.matches("evil.example").count();
            assert_eq!(count, usize::from(is_notice), "{kind:?}: {part}");
        }
    }
}

#[test]
fn html_is_escaped_and_loads_nothing() {
    for (_, content) in sent() {
        let html = Html { content: &content }.render().unwrap();
        assert!(html.contains("R&#38;D &#60;Example&#62;"), "{html}");
        assert!(!html.contains("<Example>"));
        assert!(!html.contains("src=") && !html.contains("url("), "{html}");
    }
}

#[test]
fn every_message_wears_the_name_the_url_and_the_color_of_the_app() {
    for (kind, content) in sent() {
        let text = render(&content);
        assert!(text.starts_with("R&D <Example>\n"), "{text}");
        assert!(text.ends_with(&format!("\n\nR&D <Example>\n{APP_URL}\n")));
        let html = Html { content: &content }.render().unwrap();
        assert!(html.contains("<a href=\"https://app.example.com/?a=b&#38;c=d\""));
        let has_button = html.contains("background-color:#17695a;color:#ffffff");
        assert_eq!(has_button, has_link(kind), "{html}");
    }
    let mut content = content(&facts(MessageKind::NewDevice, Language::English));
    content.branding.url = None;
    assert!(!render(&content).contains("http"));
    assert!(!Html { content: &content }.render().unwrap().contains("<a "));
}

#[test]
fn invitation_names_its_end_and_shows_its_token_without_a_link() {
    for (language, end, label) in [
        (
            Language::English,
            "Valid until: 2026-11-23 12:00 UTC",
            "Your invitation, to enter at signup:\n\n    dmi_abc",
        ),
        (
            Language::Korean,
            "유효 기한: 2026-11-23 12:00 UTC",
            "초대 코드 (가입 화면에 입력해 주세요):\n\n    dmi_abc",
        ),
    ] {
        let facts = MessageFacts {
            link: None,
            code: None,
            ..facts(MessageKind::Invitation, language)
        };
        let content = content(&facts);
        let (text, html) = (
            render(&content),
            Html { content: &content }.render().unwrap(),
        );
        assert!(text.contains(end) && text.contains(label), "{text}");
        assert!(
            html.contains(INVITATION) && !html.contains("<a href=\"https://app.example.com/email")
        );
    }
}

#[test]
fn new_device_notice_names_device_time_and_ip() {
    let text = render(&content(&facts(MessageKind::NewDevice, Language::English)));
    for fact in [
        "Time: 2026-11-22 12:00 UTC",
        "Device: Firefox, Linux",
        "IP address: 203.0.113.7",
    ] {
        assert!(text.contains(fact), "{text}");
    }
    for detail in ["", "{}", "[]", r#"{"ip":"<b>","user_agent":"?"}"#] {
        let facts = MessageFacts {
            detail,
            ..facts(MessageKind::NewDevice, Language::Korean)
        };
        let text = render(&content(&facts));
        assert!(
            text.contains("기기: 알 수 없음") && !text.contains("IP 주소"),
            "{text}"
        );
    }
}

#[test]
fn apple_device_is_named_in_the_language_of_the_message() {
    for (language, fact) in [
        (Language::English, "Device: an Apple device"),
        (Language::Korean, "기기: Apple 기기"),
    ] {
        let facts = MessageFacts {
            detail: r#"{"user_agent":"Example/42 CFNetwork/3826.500.131 Darwin/25.0.0"}"#,
            ..facts(MessageKind::NewDevice, language)
        };
        let text = render(&content(&facts));
        assert!(text.contains(fact), "{text}");
    }
}

#[test]
fn missing_code_or_link_is_not_mentioned() {
    let whole = |code, link: Option<&str>| {
        let facts = MessageFacts {
            code,
            link: link.map(str::to_owned),
            ..facts(MessageKind::ResetPassword, Language::English)
        };
        render(&content(&facts))
    };
    let code_alone = whole(Some("012345"), None);
    assert!(
        code_alone.contains("The code is valid for 15 minutes and 5 attempts."),
        "{code_alone}"
    );
    let both = whole(Some("012345"), Some(LINK));
    assert!(
        both.contains("attempts, the link for 30 minutes."),
        "{both}"
    );
    let late = whole(None, Some(LINK));
    assert!(
        late.contains("code has expired") && late.contains("30 minutes from the time"),
        "{late}"
    );
}
