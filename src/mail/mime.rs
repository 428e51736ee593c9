//! A letter as a mail message: headers and two parts of the same content; it must not know where it goes from here.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{Failure, Message, html, letter::Letter, text};

/// The last second that a `Date` can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// The whole message, in ASCII, so that every server takes it. No header holds what a stranger could have written but the
/// recipient, which is an address.
pub(super) fn mail(
    from: &Mailbox,
    to: Address,
    message: &Message<'_>,
    letter: &Letter,
) -> Result<lettre::Message, Failure> {
    let micros = u64::try_from(message.created_at.as_micros()).unwrap_or(0);
    let date = UNIX_EPOCH + Duration::from_secs((micros / 1_000_000).min(LAST_SECOND));
    let header = |name, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.as_str())
        .date(date)
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        // Nobody is to be answered by a machine (RFC 3834, section 5).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", letter.language.tag()))
        .multipart(MultiPart::alternative_plain_html(
            text::render(letter),
            html::render(letter),
        ))
        .map_err(|error| Failure::of_ours(error.to_string()))
}
