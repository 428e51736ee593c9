//! Messages as mailboxes receive them.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};

/// A received message.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The envelope's sender and recipient.
    pub from: String,
    pub to: String,
    /// The state of the connection: TLS, and a login of the client.
    pub is_encrypted: bool,
    pub is_logged_in: bool,
    /// The message as it was received.
    pub raw: String,
}

impl Mail {
    pub fn new(mail: &str, rcpt: &str, raw: &str, is_encrypted: bool, is_logged_in: bool) -> Self {
        let address = |command: &str| {
            let (_, rest) = command.split_once('<').unwrap();
            rest.split('>').next().unwrap().to_owned()
        };
        Self {
            from: address(mail),
            to: address(rcpt),
            raw: raw.to_owned(),
            is_encrypted,
            is_logged_in,
        }
    }

    /// Reads every message in a folder, the oldest first.
    pub fn in_folder(folder: &Path) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "eml"));
        // The file names are ids, which sort by time.
        paths.sort();
        paths
            .iter()
            .map(|path| {
                let raw = fs::read_to_string(path).unwrap();
                let mut mail = Self::new("<>", "<>", &raw, false, false);
                mail.to = mail.header("To");
                mail
            })
            .collect()
    }

    /// Returns the value of a header, which must exist once and on one line.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.raw.split_once("\r\n\r\n").unwrap();
        let lines = head.lines();
        let mut values = lines.filter_map(|line| line.strip_prefix(&format!("{name}: ")));
        let value = values.next().unwrap_or_else(|| panic!("no {name}: {head}"));
        assert!(values.next().is_none(), "{name} is there twice");
        value.to_owned()
    }

    /// Returns the decoded part of this media type.
    #[track_caller]
    pub fn part(&self, kind: &str) -> String {
        let (_, rest) = self.raw.split_once("boundary=\"").unwrap();
        let boundary = rest.split('"').next().unwrap();
        let boundary = format!("--{boundary}");
        let mut parts = rest.split(boundary.as_str());
        let part = parts
            .find(|part| part.contains(&format!("Content-Type: {kind};")))
            .unwrap_or_else(|| panic!("no part {kind}: {}", self.raw));
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let bytes = if head.contains("quoted-printable") {
            quoted_printable(body)
        } else if head.contains("base64") {
            STANDARD.decode(body.replace("\r\n", "")).unwrap()
        } else {
            body.as_bytes().to_vec()
        };
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }

    /// Returns the text part.
    #[track_caller]
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// Returns the code to type.
    #[track_caller]
    pub fn code(&self) -> String {
        let text = self.text();
        let mut lines = text.lines().map(str::trim);
        let is_code =
            |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        lines
            .find(is_code)
            .unwrap_or_else(|| panic!("no code: {text}"))
            .to_owned()
    }

    /// Returns the token of the link.
    #[track_caller]
    pub fn token(&self) -> String {
        let text = self.text();
        let (_, rest) = text
            .split_once("#token=")
            .unwrap_or_else(|| panic!("no link: {text}"));
        let end = |character: char| character == '&' || character.is_whitespace();
        rest.split(end).next().unwrap().to_owned()
    }
}

/// Decodes quoted-printable text (RFC 2045, section 6.7).
fn quoted_printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut rest = text.as_bytes();
    let mut bytes = Vec::new();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'=' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}
