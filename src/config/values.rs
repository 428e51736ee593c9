//! Reads one setting's text, or says what is wrong and shows how it is done; it must never repeat a secret.

use std::{
    fmt::Display,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use ipnet::IpNet;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};
use url::Url;

use super::{
    DatabaseUrl, Refused,
    duration::{duration, written},
};
use crate::domain::host;

/// Gathers faults, so that an operator mends all of them in one go. After a fault a value is only a placeholder.
#[derive(Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn add(&mut self, fault: impl Into<String>) {
        self.0.push(fault.into());
    }

    pub(super) fn none_or<T>(self, value: T) -> Result<T, Refused> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Refused(self.0))
        }
    }

    pub(super) fn address(&mut self, name: &str, text: &str) -> SocketAddr {
        text.parse().unwrap_or_else(|_| {
            self.add(format!(
                "{name}: `{text}` is not an address and port; for example 127.0.0.1:8080"
            ));
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
        })
    }

    pub(super) fn number<T: FromStr + PartialOrd + Display + Copy>(
        &mut self,
        name: &str,
        text: &str,
        range: RangeInclusive<T>,
    ) -> T {
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = (range.start(), range.end());
                self.add(format!(
                    "{name}: `{text}` is not a number from {least} to {most}; for example {least}"
                ));
                *least
            }
        }
    }

    pub(super) fn switch(&mut self, name: &str, text: &str) -> bool {
        match text {
            "on" | "true" => true,
            "off" | "false" => false,
            _ => {
                self.add(format!(
                    "{name}: `{text}` is neither on nor off; for example on"
                ));
                false
            }
        }
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &str,
        text: &str,
        usual: (&str, T),
        others: &[(&str, T)],
    ) -> T {
        let chosen = others.iter().find(|(word, _)| *word == text);
        if chosen.is_none() && text != usual.0 {
            let words: Vec<_> = others.iter().map(|(word, _)| *word).collect();
            self.add(format!(
                "{name}: `{text}` is none of {}, {}; for example {}",
                usual.0,
                words.join(", "),
                usual.0
            ));
        }
        chosen.map_or(usual.1, |(_, value)| *value)
    }

    /// What is set by value or in a file, with the name of the variable that set it.
    pub(super) fn one_of(
        &mut self,
        (name, value): (&'static str, Option<&str>),
        (file_name, path): (&'static str, Option<&str>),
    ) -> Option<(&'static str, String)> {
        match (value, path) {
            (Some(_), Some(_)) => {
                self.add(format!(
                    "{name} and {file_name} are both set; keep one of them"
                ));
                None
            }
            (Some(value), None) => Some((name, value.to_owned())),
            (None, Some(path)) => {
                let secret = name
                    .trim_start_matches("DAEMUN_")
                    .trim_start_matches("--")
                    .to_lowercase();
                self.file(file_name, path, &secret)
                    .map(|text| (file_name, text))
            }
            (None, None) => None,
        }
    }

    fn file(&mut self, name: &str, path: &str, secret: &str) -> Option<String> {
        let wrong = match fs::read_to_string(path) {
            Ok(text) => match held(&text) {
                "" => format!("{path} holds nothing"),
                text => return Some(text.to_owned()),
            },
            Err(error) => format!("cannot read {path}: {error}"),
        };
        self.add(format!(
            "{name}: {wrong}; for example /run/secrets/{secret}"
        ));
        None
    }

    pub(super) fn text(&mut self, name: &str, text: &str, example: &str) -> String {
        if text.trim().is_empty() {
            self.add(format!("{name}: `{text}` is blank; for example {example}"));
        }
        text.to_owned()
    }

    pub(super) fn list<T>(
        &mut self,
        name: &str,
        text: &str,
        item: fn(&str) -> Result<T, &'static str>,
    ) -> Vec<T> {
        let entries = text.split(',').map(str::trim);
        let mut entries: Vec<_> = entries.filter(|entry| !entry.is_empty()).collect();
        if entries.is_empty() && !text.is_empty() {
            // Blanks alone; what an entry looks like is the item's to say.
            entries.push("");
        }
        let mut values = Vec::new();
        for entry in entries {
            match item(entry) {
                Ok(value) => values.push(value),
                Err(wrong) => self.add(format!("{name}: `{entry}` {wrong}")),
            }
        }
        values
    }

    pub(super) fn duration(
        &mut self,
        name: &str,
        text: &str,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        match duration(text) {
            Some(duration) if range.contains(&duration) => duration,
            _ => {
                let (least, most) = (written(*range.start()), written(*range.end()));
                self.add(format!(
                    "{name}: `{text}` is not a duration from {least} to {most}; for example {most}"
                ));
                *range.start()
            }
        }
    }

    /// Levels, and what has one of them. A word alone that is no level would be a target, and turn everything else off.
    pub(super) fn log_filter(&mut self, name: &str, text: &str) -> String {
        let parts = text.split(',').map(str::trim);
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        let filter = parts.join(",");
        let is_directive =
            |part: &&str| part.contains(['=', '[', ']']) || part.parse::<LevelFilter>().is_ok();
        let is_filter = !parts.is_empty()
            && parts.iter().all(is_directive)
            && EnvFilter::builder().parse(&filter).is_ok();
        if !is_filter {
            self.add(format!(
                "{name}: `{text}` is not a level (error, warn, info, debug) or filter; for example info,daemun::store=debug"
            ));
        }
        filter
    }

    /// What links in mail begin with, without a slash at its end: https, or http on this machine alone.
    pub(super) fn public_url(&mut self, name: &str, text: &str) -> Option<String> {
        let url = text.trim_end_matches('/');
        let is_plain = url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"?#@\"'<>\\".contains(&byte));
        let is_safe = Url::parse(url).is_ok_and(|parsed| {
            let is_local = parsed.host_str().is_some_and(host::is_this_machine);
            // The prefix as it is written: a parser mends what mail programs do not.
            url.starts_with("https://") || (url.starts_with("http://") && is_local)
        });
        if is_plain && is_safe && !url.contains(":///") {
            return Some(url.to_owned());
        }
        self.add(format!(
            "{name}: `{text}` is not an https URL without query and fragment; for example https://app.example.com"
        ));
        None
    }

    /// The text is never repeated: it may hold a password.
    pub(super) fn database_url(&mut self, name: &str, text: &str) -> DatabaseUrl {
        let wrong = match text.split_once("://") {
            Some(("sqlite", path)) if path.contains(['?', '#']) => {
                "has parts after the path, which are not supported"
            }
            Some(("sqlite", path)) if path.is_empty() || path.starts_with(':') => "names no file",
            Some(("sqlite", path)) => return DatabaseUrl::Sqlite(PathBuf::from(path)),
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => {
                return DatabaseUrl::Postgres(text.to_owned().into());
            }
            _ => "begins with neither sqlite:// nor postgres://",
        };
        self.add(format!(
            "{name}: the URL {wrong}; for example sqlite://data/daemun.db"
        ));
        DatabaseUrl::Sqlite(PathBuf::new())
    }
}

/// Returns what a file holds, without the byte order mark and the blank lines that editors leave around it.
pub(super) fn held(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// A network, or an address as a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, &'static str> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_unparsed| "is neither a network nor an address; for example 172.16.0.0/12")
}
