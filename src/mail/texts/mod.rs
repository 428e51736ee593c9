//! The texts of each kind of message, in every language.
//!
//! A message that anyone can trigger by typing an address contains nothing that the sender of the
//! request chose: no username, no device. Only notices contain names; they go to verified
//! addresses.

mod english;
mod korean;

use std::{net::IpAddr, time::Duration};

use serde::Deserialize;

use super::{
    content::{Content, InvitationToken, Link, VerificationCode},
    user_agent::device,
};
use crate::domain::{
    branding::Branding, language::Language, message::MessageKind, timestamp::Timestamp,
};

/// The facts that a message is written from.
pub(super) struct MessageFacts<'a> {
    pub(super) kind: MessageKind,
    pub(super) language: Language,
    pub(super) branding: &'a Branding,
    pub(super) code: Option<&'a str>,
    pub(super) link: Option<String>,
    /// The token of an invitation, which is shown where there is no link.
    pub(super) invitation: Option<&'a str>,
    pub(super) detail: &'a str,
    pub(super) created_at: Timestamp,
}

/// The texts of one kind in one language.
struct KindTexts {
    subject: &'static str,
    opening: String,
    closing: Vec<&'static str>,
    /// The label of the button.
    action: &'static str,
}

/// The texts that all kinds share in one language.
struct SharedTexts {
    greeting: &'static str,
    code: &'static str,
    invitation: &'static str,
    valid_until: &'static str,
    button_fails: &'static str,
    delayed: &'static str,
    when: &'static str,
    device: &'static str,
    network: &'static str,
    unknown_device: &'static str,
    apple_device: &'static str,
    secrecy: &'static str,
}

/// The details that a use case stored. A message omits the missing ones.
#[derive(Default, Deserialize)]
#[serde(default)]
struct EventDetail {
    username: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    expires_at: Option<i64>,
}

/// Returns the content of a message.
pub(super) fn content(facts: &MessageFacts<'_>) -> Content {
    let detail: EventDetail = serde_json::from_str(facts.detail).unwrap_or_default();
    let service = facts.branding.name.as_str();
    let username = detail.username.as_deref();
    let (texts, shared) = match facts.language {
        Language::English => (
            english::texts(facts.kind, service, username),
            &english::SHARED,
        ),
        Language::Korean => (
            korean::texts(facts.kind, service, username),
            &korean::SHARED,
        ),
    };
    Content {
        language: facts.language,
        branding: facts.branding.clone(),
        subject: texts.subject.to_owned(),
        facts: labelled_facts(facts, &detail, shared),
        code: facts.code.map(|digits| VerificationCode {
            label: shared.code,
            digits: digits.to_owned(),
        }),
        invitation: invitation(facts, shared),
        link: facts.link.clone().map(|url| Link {
            label: texts.action,
            lead: shared.button_fails,
            url,
        }),
        closing: closing(facts, &texts, shared),
        opening: [shared.greeting.to_owned(), texts.opening].into(),
    }
}

/// Returns the content of a test message.
pub(super) fn test(branding: &Branding) -> Content {
    Content {
        language: Language::English,
        branding: branding.clone(),
        subject: String::from("Mail works"),
        opening: vec![String::from(
            "This is a test message from the operator of this service. Mail delivery works.",
        )],
        facts: Vec::new(),
        code: None,
        invitation: None,
        link: None,
        closing: vec![String::from("You do not need to do anything.")],
    }
}

/// Returns the token of an invitation without a link.
fn invitation(facts: &MessageFacts<'_>, shared: &SharedTexts) -> Option<InvitationToken> {
    let is_shown = facts.kind == MessageKind::Invitation && facts.link.is_none();
    let token = facts.invitation.filter(|_| is_shown)?;
    Some(InvitationToken {
        label: shared.invitation,
        token: token.to_owned(),
    })
}

fn labelled_facts(
    facts: &MessageFacts<'_>,
    detail: &EventDetail,
    shared: &SharedTexts,
) -> Vec<(&'static str, String)> {
    let mut labelled = Vec::new();
    if facts.kind.is_notice() {
        labelled.push((shared.when, minute(facts.created_at)));
    }
    if facts.kind == MessageKind::Invitation {
        let expires_at = detail.expires_at.map(Timestamp::from_micros);
        labelled.extend(expires_at.map(|end| (shared.valid_until, minute(end))));
    }
    if facts.kind == MessageKind::NewDevice {
        let user_agent = detail.user_agent.as_deref();
        let known = user_agent.and_then(|text| device(text, shared.apple_device));
        labelled.push((
            shared.device,
            known.unwrap_or_else(|| shared.unknown_device.to_owned()),
        ));
        let ip = detail
            .ip
            .as_deref()
            .and_then(|ip| ip.parse::<IpAddr>().ok());
        labelled.extend(ip.map(|ip| (shared.network, ip.to_string())));
    }
    labelled
}

/// Returns the last paragraphs: first the validity of code and link, then what to do.
fn closing(facts: &MessageFacts<'_>, texts: &KindTexts, shared: &SharedTexts) -> Vec<String> {
    let mut closing = Vec::new();
    if facts.kind.purpose().is_some() {
        let link_life = facts.kind.link_life().filter(|_| facts.link.is_some());
        if facts.code.is_none() {
            closing.push(shared.delayed.to_owned());
        }
        closing.extend(match facts.language {
            Language::English => english::validity(facts.code.is_some(), link_life),
            Language::Korean => korean::validity(facts.code.is_some(), link_life),
        });
    }
    closing.extend(texts.closing.iter().map(|text| (*text).to_owned()));
    if facts.kind.has_secret() {
        closing.push(shared.secrecy.to_owned());
    }
    closing
}

/// Returns a time such as `2026-11-22 12:05 UTC`.
fn minute(moment: Timestamp) -> String {
    let written = moment.rfc3339();
    let minute = written.get(..16).unwrap_or_default();
    format!("{} UTC", minute.replace('T', " "))
}

/// A span in whole days from two on, else in whole hours if possible, else in minutes.
enum Span {
    Days(u64),
    Hours(u64),
    Minutes(u64),
}

impl Span {
    const fn of(life: Duration) -> Self {
        let minutes = life.as_secs() / 60;
        if minutes.is_multiple_of(24 * 60) && minutes > 24 * 60 {
            Self::Days(minutes / (24 * 60))
        } else if minutes.is_multiple_of(60) {
            Self::Hours(minutes / 60)
        } else {
            Self::Minutes(minutes)
        }
    }
}

#[cfg(test)]
mod tests;
