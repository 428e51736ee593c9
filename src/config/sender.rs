//! The sender of mail, as `DAEMUN_MAIL_FROM` has it.

use crate::domain::account::email::Email;

/// The sender of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name that mail programs show, and that mails call the service by.
    pub name: Option<String>,
    /// The address, in ASCII.
    pub address: String,
}

impl Sender {
    /// Reads `Name <address>`, the name in quotation marks or not, or an address alone. The domain
    /// is a public one or `localhost`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, address) = match text.trim().strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<')?,
            None => ("", text.trim()),
        };
        let quoted = |name: &str| Some(name.strip_prefix('"')?.strip_suffix('"')?.to_owned());
        let name = name.trim();
        let name = quoted(name).unwrap_or_else(|| name.to_owned());
        if name.chars().any(char::is_control) {
            return None;
        }
        let address = match address.strip_suffix("@localhost") {
            Some(local) => {
                Email::parse(&format!("{local}@localhost.localdomain")).ok()?;
                address.to_owned()
            }
            None => Email::parse(address).ok()?.as_sent(),
        };
        Some(Self {
            name: (!name.is_empty()).then_some(name),
            address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let named = |name: &str, address: &str| {
            Some(Sender {
                name: (!name.is_empty()).then(|| name.to_owned()),
                address: address.to_owned(),
            })
        };
        for (text, expected) in [
            ("no-reply@example.com", named("", "no-reply@example.com")),
            (
                " <no-reply@example.com> ",
                named("", "no-reply@example.com"),
            ),
            (
                "대문 <no-reply@한국.kr>",
                named("대문", "no-reply@xn--3e0b707e.kr"),
            ),
            (
                "\"Example, Inc.\" <a@example.com>",
                named("Example, Inc.", "a@example.com"),
            ),
            ("daemun@localhost", named("", "daemun@localhost")),
            ("", None),
            ("Example", None),
            ("Example no-reply@example.com", None),
            ("Example <no-reply>", None),
            ("Example <a@example.com", None),
            ("Exa\nmple <a@example.com>", None),
            ("Example <a@example.com>, b@example.com", None),
            ("a b@localhost", None),
        ] {
            assert_eq!(Sender::parse(text), expected, "{text}");
        }
    }
}
