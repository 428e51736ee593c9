//! What each kind of message says, in every language; it must not know how it is laid out.
//!
//! What a stranger can send to a mailbox by typing its address holds nothing that he chose: no user name, no device. Names stand in
//! notices alone, which go to verified addresses.

mod english;
mod korean;

use std::{net::IpAddr, time::Duration};

use serde::Deserialize;

use super::{
    content::{Code, Letter, Link},
    user_agent::device,
};
use crate::domain::{language::Language, message::MessageKind, timestamp::Timestamp};

/// What a message is about.
pub(super) struct About<'a> {
    pub(super) kind: MessageKind,
    pub(super) language: Language,
    pub(super) service: &'a str,
    pub(super) code: Option<&'a str>,
    pub(super) link: Option<String>,
    pub(super) detail: &'a str,
    pub(super) created_at: Timestamp,
}

/// What the words of one kind are in one language.
struct Words {
    subject: &'static str,
    opening: String,
    closing: Vec<&'static str>,
    /// What the button says.
    action: &'static str,
}

/// What all kinds share in one language.
struct Phrases {
    greeting: &'static str,
    code: &'static str,
    button_fails: &'static str,
    delayed: &'static str,
    when: &'static str,
    device: &'static str,
    network: &'static str,
    unknown_device: &'static str,
    apple_device: &'static str,
    secrecy: &'static str,
}

/// What use cases tell of. Whatever is missing is not mentioned.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    username: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
}

/// The message of a kind.
pub(super) fn letter(about: &About<'_>) -> Letter {
    let detail: Detail = serde_json::from_str(about.detail).unwrap_or_default();
    let (service, username) = (about.service, detail.username.as_deref());
    let (words, phrases) = match about.language {
        Language::English => (
            english::words(about.kind, service, username),
            &english::PHRASES,
        ),
        Language::Korean => (
            korean::words(about.kind, service, username),
            &korean::PHRASES,
        ),
    };
    Letter {
        language: about.language,
        service: service.to_owned(),
        subject: words.subject.to_owned(),
        facts: facts(about, &detail, phrases),
        code: about.code.map(|digits| Code {
            label: phrases.code,
            digits: digits.to_owned(),
        }),
        link: about.link.clone().map(|url| Link {
            label: words.action,
            lead: phrases.button_fails,
            url,
        }),
        closing: closing(about, &words, phrases),
        opening: [phrases.greeting.to_owned(), words.opening].into(),
    }
}

/// A message that an operator sends to see whether mail leaves.
pub(super) fn test(service: &str) -> Letter {
    Letter {
        language: Language::English,
        service: service.to_owned(),
        subject: String::from("Mail works"),
        opening: vec![String::from(
            "This is a test. Whoever runs this service wanted to see whether its mail arrives, and it does.",
        )],
        facts: Vec::new(),
        code: None,
        link: None,
        closing: vec![String::from("There is nothing to do.")],
    }
}

fn facts(about: &About<'_>, detail: &Detail, phrases: &Phrases) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if about.kind.purpose().is_none() && about.kind != MessageKind::AccountExists {
        facts.push((phrases.when, minute(about.created_at)));
    }
    if about.kind == MessageKind::NewDevice {
        let user_agent = detail.user_agent.as_deref();
        let known = user_agent.and_then(|text| device(text, phrases.apple_device));
        facts.push((
            phrases.device,
            known.unwrap_or_else(|| phrases.unknown_device.to_owned()),
        ));
        let ip = detail
            .ip
            .as_deref()
            .and_then(|ip| ip.parse::<IpAddr>().ok());
        facts.extend(ip.map(|ip| (phrases.network, ip.to_string())));
    }
    facts
}

/// How long the code and the link are good for comes first, then what to do.
fn closing(about: &About<'_>, words: &Words, phrases: &Phrases) -> Vec<String> {
    let mut closing = Vec::new();
    if let Some(purpose) = about.kind.purpose() {
        let link_life = about.link.is_some().then(|| purpose.token_life());
        if about.code.is_none() {
            closing.push(phrases.delayed.to_owned());
        }
        closing.extend(match about.language {
            Language::English => english::good_for(about.code.is_some(), link_life),
            Language::Korean => korean::good_for(about.code.is_some(), link_life),
        });
    }
    closing.extend(words.closing.iter().map(|text| (*text).to_owned()));
    if about.kind.purpose().is_some() {
        closing.push(phrases.secrecy.to_owned());
    }
    closing
}

/// `2026-11-22 12:05 UTC`
fn minute(moment: Timestamp) -> String {
    let written = moment.rfc3339();
    let minute = written.get(..16).unwrap_or_default();
    format!("{} UTC", minute.replace('T', " "))
}

/// A span in hours where it is some, else in minutes.
enum Span {
    Hours(u64),
    Minutes(u64),
}

impl Span {
    const fn of(life: Duration) -> Self {
        let minutes = life.as_secs() / 60;
        if minutes.is_multiple_of(60) {
            Self::Hours(minutes / 60)
        } else {
            Self::Minutes(minutes)
        }
    }
}

#[cfg(test)]
mod tests;
