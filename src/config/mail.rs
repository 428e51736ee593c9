//! The settings of mail: the way it leaves and whom it is from; it must never repeat a secret.

mod url;

use std::{
    fs,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{
    Options,
    setting::Given,
    values::{Faults, held},
};
use crate::domain::account::email::Email;
use url::mail_url;

/// How mail leaves, and in whose name.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The way.
    pub url: MailUrl,
    /// Whom it is from.
    pub from: Sender,
}

/// Whom mail is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// What people know the service by, if it is told.
    pub name: Option<String>,
    /// The address, in ASCII.
    pub address: String,
}

/// The way of mail, as `DAEMUN_MAIL_URL` says.
#[derive(Clone, Debug)]
pub enum MailUrl {
    /// `smtp://…` or `smtps://…`
    Smtp(MailServer),
    /// `file://FOLDER`: a file a message.
    Folder(PathBuf),
    /// `log:`, which prints messages with all that is secret in them.
    Log,
}

/// A mail server, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name or address, without the brackets of an IPv6 address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What keeps the conversation secret.
    pub encryption: Encryption,
    /// Never together with [`Encryption::Off`].
    pub credentials: Option<Credentials>,
}

/// A user of a mail server.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The username.
    pub user: String,
    /// The proof.
    pub secret: MailSecret,
}

/// The proof of a mail server's user.
#[derive(Clone, Debug)]
pub enum MailSecret {
    /// A password, for PLAIN and LOGIN.
    Password(SecretString),
    /// The file of an OAuth 2 access token, for XOAUTH2. Another program renews it.
    TokenFile(PathBuf),
}

/// What keeps a conversation with a mail server secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte on.
    Implicit,
    /// TLS after STARTTLS (RFC 3207); a server that does not offer it gets nothing.
    StartTls,
    /// Nothing: a relay in one's own network.
    Off,
}

/// How mail leaves, if it does.
pub(super) fn mail(faults: &mut Faults, options: &Options) -> Option<Mail> {
    let from = options.mail_from.given().map(sender);
    if from == Some(None) {
        faults.add("DAEMUN_MAIL_FROM: is neither an address nor a name with one; for example Example <no-reply@example.com>");
    }
    let token_file = token_file(faults, options);
    let (name, text) = faults.one_of(
        ("DAEMUN_MAIL_URL", options.mail_url.given()),
        ("DAEMUN_MAIL_URL_FILE", options.mail_url_file.given()),
    )?;
    let example = match token_file {
        Some(_) => "smtp://user@mail.example.com",
        None => "smtps://user:password@mail.example.com",
    };
    let url = match mail_url(&text, token_file) {
        Ok(url) => url,
        Err(wrong) => {
            faults.add(format!("{name}: the URL {wrong}; for example {example}"));
            return None;
        }
    };
    if from.is_none() && matches!(url, MailUrl::Smtp(_)) {
        faults.add(
            "DAEMUN_MAIL_FROM: is needed to send mail; for example Example <no-reply@example.com>",
        );
    }
    let nobody = Sender {
        name: None,
        address: String::from("daemun@localhost"),
    };
    Some(Mail {
        url,
        from: from.flatten().unwrap_or(nobody),
    })
}

fn token_file<'a>(faults: &mut Faults, options: &'a Options) -> Option<&'a Path> {
    let path = options.mail_oauth_token_file.given().map(Path::new)?;
    let url = options.mail_url.given().or(options.mail_url_file.given());
    if url.is_none() {
        faults.add("DAEMUN_MAIL_OAUTH_TOKEN_FILE: needs DAEMUN_MAIL_URL; for example smtp://user@mail.example.com");
    }
    Some(path)
}

/// Reads an access token from its file, or says what is wrong without a word of it.
pub fn oauth_token(path: &Path) -> Result<SecretString, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let token = held(&text);
    // RFC 6750, section 2.1.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || !token.bytes().all(is_token) {
        return Err(format!("{} does not hold an access token", path.display()));
    }
    Ok(token.into())
}

/// `Name <address>`, the name in quotation marks or not, or an address alone. This machine alone may do without a public domain.
fn sender(text: &str) -> Option<Sender> {
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
    Some(Sender {
        name: (!name.is_empty()).then_some(name),
        address,
    })
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
            assert_eq!(sender(text), expected, "{text}");
        }
    }
}
