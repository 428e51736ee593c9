//! A message in MIME: headers, and two parts with the same content.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::{
    Address,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{html::Html, text};
use crate::mail::{content::Content, error::SendError, message::Message};

/// The last second that a `Date` can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// Renders the whole message in ASCII, which every server accepts. The recipient's address is the
/// only header that an attacker could have chosen.
pub(crate) fn mail(
    from: &Mailbox,
    to: Address,
    message: &Message<'_>,
    content: &Content,
) -> Result<lettre::Message, SendError> {
    let micros = u64::try_from(message.created_at.as_micros()).unwrap_or(0);
    let date = UNIX_EPOCH + Duration::from_secs((micros / 1_000_000).min(LAST_SECOND));
    let header = |name, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    let html = Html { content }
        .render()
        .map_err(|error| SendError::composing(error.to_string()))?;
    lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(content.subject.as_str())
        .date(date)
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        // Keeps automatic responders from replying (RFC 3834, section 5).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", content.language.tag()))
        .multipart(MultiPart::alternative_plain_html(
            text::render(content),
            html,
        ))
        .map_err(|error| SendError::composing(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{
            account::{email::Email, ids::MessageId},
            branding::{Accent, Branding},
            language::Language,
            timestamp::Timestamp,
        },
        mail::{message::Topic, texts},
        random,
    };

    proptest! {
        /// Every valid address can receive mail, and the operator's name cannot add a header.
        #[test]
        fn every_valid_address_can_receive_mail(
            local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}([.][a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}){0,2}",
            domain in "([a-z가-힣ß]{1,12}[.]){1,3}[a-z가-힣]{2,6}",
            name in "[^\\p{C}]{0,80}",
            micros in any::<i64>(),
        ) {
            let Ok(email) = Email::parse(&format!("{local}@{domain}")) else { return Ok(()) };
            let to: Address = email.as_sent().parse().unwrap();
            let from = Mailbox::new(Some(name), "no-reply@example.com".parse().unwrap());
            let branding = Branding {
                name: String::from("Example"),
                url: None,
                accent: Accent::NEUTRAL,
            };
            let now = Timestamp::from_micros(micros);
            let message = Message {
                id: MessageId::new(now, &random::bytes()),
                recipient: email.as_str(),
                language: Language::English,
                created_at: now,
                topic: Topic::Test,
            };
            let mail = mail(&from, to, &message, &texts::test(&branding)).unwrap();
            let text = String::from_utf8(mail.formatted()).unwrap();
            prop_assert!(text.is_ascii());
            let (head, _) = text.split_once("\r\n\r\n").unwrap();
            let names = head.split("\r\n").filter(|line| !line.starts_with(' '));
            let names: Vec<_> = names.map(|line| line.split(':').next().unwrap()).collect();
            let expected = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"];
            prop_assert_eq!(names, expected);
        }
    }
}
