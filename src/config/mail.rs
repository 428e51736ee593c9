//! The settings of mail: the way it leaves and whom it is from; it must never repeat a secret.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use super::{Options, setting::given, values::Faults};
use crate::domain::email::Email;

/// Ports that mail is handed over at: with TLS, with STARTTLS (RFC 8314, section 3.3; RFC 6409, section 3.1), between servers.
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;
const RELAY: u16 = 25;

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
    /// User name and password. Never together with [`Encryption::Off`].
    pub credentials: Option<(String, SecretString)>,
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
    let from = given(&options.mail_from).map(sender);
    if from == Some(None) {
        faults.add("DAEMUN_MAIL_FROM: is neither an address nor a name with one; for example Example <no-reply@example.com>");
    }
    let (name, text) = faults.one_of(
        ("DAEMUN_MAIL_URL", given(&options.mail_url)),
        ("DAEMUN_MAIL_URL_FILE", given(&options.mail_url_file)),
    )?;
    let url = match mail_url(&text) {
        Ok(url) => url,
        Err(wrong) => {
            faults.add(format!(
                "{name}: the URL {wrong}; for example smtps://user:password@mail.example.com"
            ));
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

/// What is wrong with a URL is told without a word of it: it may hold a password.
fn mail_url(text: &str) -> Result<MailUrl, &'static str> {
    let folder = text.strip_prefix("file://");
    if let Some(folder) = folder.filter(|folder| !folder.is_empty()) {
        return Ok(MailUrl::Folder(PathBuf::from(folder)));
    }
    if text == "log:" {
        return Ok(MailUrl::Log);
    }
    if !text.starts_with("smtp://") && !text.starts_with("smtps://") {
        return Err("begins with none of smtp://, smtps://, file:// and log:");
    }
    let url = Url::parse(text).or(Err("cannot be read: in a user name or password, write %25 for %, %40 for @, %3A for : and %2F for /"))?;
    let (encryption, usual_port) = match (url.scheme(), url.query()) {
        ("smtps", None) => (Encryption::Implicit, SUBMISSIONS),
        ("smtp", None) => (Encryption::StartTls, SUBMISSION),
        ("smtp", Some("tls=off")) => (Encryption::Off, RELAY),
        _ => return Err("has a query; the only one there is is ?tls=off of smtp://"),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("has parts after the host, which mean nothing");
    }
    let credentials = credentials(&url)?;
    if encryption == Encryption::Off && credentials.is_some() {
        return Err("has a password, which ?tls=off would send for everybody to read");
    }
    Ok(MailUrl::Smtp(MailServer {
        host: host(&url)?,
        port: url.port().unwrap_or(usual_port),
        encryption,
        credentials,
    }))
}

fn host(url: &Url) -> Result<String, &'static str> {
    let host = url.host_str().unwrap_or_default();
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    if bare.is_empty() || !bare.bytes().all(is_host) {
        return Err("names no host in ASCII");
    }
    Ok(bare.to_owned())
}

fn credentials(url: &Url) -> Result<Option<(String, SecretString)>, &'static str> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?;
        // What separates them in SASL's PLAIN (RFC 4616) and ends a line.
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, password) => decoded(user)
            .zip(password.and_then(decoded))
            .map(|(user, password)| Some((user, password.into())))
            .ok_or("has not both a user name and a password, in UTF-8"),
    }
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
    use secrecy::ExposeSecret;

    use super::*;

    fn server(url: &str) -> MailServer {
        match mail_url(url) {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_server_has_the_port_and_the_secrecy_of_its_scheme() {
        for (url, host, port, encryption) in [
            (
                "smtps://mail.example.com",
                "mail.example.com",
                465,
                Encryption::Implicit,
            ),
            (
                "smtp://mail.example.com/",
                "mail.example.com",
                587,
                Encryption::StartTls,
            ),
            (
                "smtp://mail_relay:2525?tls=off",
                "mail_relay",
                2525,
                Encryption::Off,
            ),
            ("smtp://relay?tls=off", "relay", 25, Encryption::Off),
            ("smtp://[::1]:1025", "::1", 1025, Encryption::StartTls),
            ("smtps://127.0.0.1:1", "127.0.0.1", 1, Encryption::Implicit),
        ] {
            let server = server(url);
            assert_eq!(
                (server.host.as_str(), server.port, server.encryption),
                (host, port, encryption),
                "{url}"
            );
            assert!(server.credentials.is_none());
        }
    }

    #[test]
    fn credentials_are_decoded_and_hidden() {
        let server = server("smtp://no-reply%40example.com:p%C3%A4ss%2F%25%3A@mail.example.com");
        assert!(!format!("{server:?}").contains("pä"));
        let (user, password) = server.credentials.unwrap();
        assert_eq!(
            (user.as_str(), password.expose_secret()),
            ("no-reply@example.com", "päss/%:")
        );
    }

    #[test]
    fn refuses_what_is_no_way_of_mail() {
        for url in [
            "smtp://",
            "smtps://mail?tls=off",
            "smtp://mail?tls=on",
            "smtp://mail?tls=off&a=b",
            "smtp://mail/ehlo",
            "smtp://mail#x",
            "smtp://mail:0x19",
            "smtp://mail:65536",
            "smtp://ann@mail",
            "smtp://:secret@mail",
            "smtp://ann:@mail",
            "smtp://ann:a%00b@mail",
            "smtp://ann:a%0d%0ab@mail",
            "smtp://ann:%ff@mail",
            "smtp://ann:secret@mail?tls=off",
            "smtp://한국.kr",
            "smtp://ma il",
        ] {
            assert!(mail_url(url).is_err(), "{url}");
        }
    }

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
