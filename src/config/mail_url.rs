//! The URL of a mail server, a folder or the log; no error repeats a secret.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

/// The transport of mail, as `DAEMUN_MAIL_URL` has it.
#[derive(Clone, Debug)]
pub enum MailUrl {
    /// `smtp://…` or `smtps://…`
    Smtp(MailServer),
    /// `file://FOLDER`, one file a message.
    Folder(PathBuf),
    /// `log:`, which logs messages with their codes and links.
    Log,
}

/// A mail server, and how to connect to it.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// The name or IP address, without the brackets of an IPv6 address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The encryption of the connection.
    pub encryption: Encryption,
    /// The user to log in as; never with [`Encryption::Off`].
    pub credentials: Option<SmtpCredentials>,
}

/// The credentials of a user of a mail server.
#[derive(Clone, Debug)]
pub struct SmtpCredentials {
    /// The username.
    pub user: String,
    /// The password or token.
    pub secret: MailSecret,
}

/// The secret of a user of a mail server.
#[derive(Clone, Debug)]
pub enum MailSecret {
    /// A password, for PLAIN and LOGIN.
    Password(SecretString),
    /// The file of an OAuth 2 access token, for XOAUTH2. Another program refreshes the token.
    TokenFile(PathBuf),
}

/// The encryption of a connection to a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte on.
    Implicit,
    /// TLS after STARTTLS (RFC 3207); a server that does not offer it gets no mail.
    StartTls,
    /// None, for a relay in a trusted network.
    Off,
}

/// Ports of message submission with TLS (RFC 8314, section 3.3) and with STARTTLS (RFC 6409,
/// section 3.1), and of relays between servers.
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;
const RELAY: u16 = 25;

/// Reads the URL. The error never repeats the text, which may hold a password.
pub(super) fn parse(text: &str, token_file: Option<&Path>) -> Result<MailUrl, &'static str> {
    let folder = text.strip_prefix("file://");
    let elsewhere = match folder.filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(MailUrl::Folder(PathBuf::from(folder))),
        None => (text == "log:").then_some(MailUrl::Log),
    };
    if let Some(elsewhere) = elsewhere {
        return match token_file {
            None => Ok(elsewhere),
            Some(_) => Err("names no mail server that takes DAEMUN_MAIL_OAUTH_TOKEN_FILE"),
        };
    }
    if !text.starts_with("smtp://") && !text.starts_with("smtps://") {
        return Err("begins with none of smtp://, smtps://, file:// and log:");
    }
    let url = Url::parse(text).or(Err("cannot be read: in a username or password, write %25 for %, %40 for @, %3A for : and %2F for /"))?;
    let (encryption, usual_port) = match (url.scheme(), url.query()) {
        ("smtps", None) => (Encryption::Implicit, SUBMISSIONS),
        ("smtp", None) => (Encryption::StartTls, SUBMISSION),
        ("smtp", Some("tls=off")) => (Encryption::Off, RELAY),
        _ => return Err("has a query; the only one there is is ?tls=off of smtp://"),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("has parts after the host, which mean nothing");
    }
    let credentials = credentials(&url, token_file)?;
    if encryption == Encryption::Off && credentials.is_some() {
        return Err("has a user, whose password or token ?tls=off would send unencrypted");
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

fn credentials(
    url: &Url,
    token_file: Option<&Path>,
) -> Result<Option<SmtpCredentials>, &'static str> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?;
        // NUL separates the parts of SASL PLAIN (RFC 4616), and a line end ends the command.
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.into_owned())
    };
    let secret = match (url.username(), url.password(), token_file) {
        ("", None, None) => return Ok(None),
        (_, Some(_), Some(_)) => {
            return Err("has a password beside DAEMUN_MAIL_OAUTH_TOKEN_FILE; keep one of them");
        }
        (_, None, Some(path)) => Some(MailSecret::TokenFile(path.to_owned())),
        (_, password, None) => password
            .and_then(decoded)
            .map(|password| MailSecret::Password(password.into())),
    };
    decoded(url.username())
        .zip(secret)
        .map(|(user, secret)| Some(SmtpCredentials { user, secret }))
        .ok_or("lacks a username, or a password or DAEMUN_MAIL_OAUTH_TOKEN_FILE for it, in UTF-8")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn server(url: &str) -> MailServer {
        match parse(url, None) {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_scheme_sets_port_and_encryption() {
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
        let SmtpCredentials { user, secret } = server.credentials.unwrap();
        let MailSecret::Password(password) = secret else {
            panic!("{secret:?}");
        };
        assert_eq!(
            (user.as_str(), password.expose_secret()),
            ("no-reply@example.com", "päss/%:")
        );
    }

    #[test]
    fn invalid_urls_are_rejected() {
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
            assert!(parse(url, None).is_err(), "{url}");
        }
    }
}
