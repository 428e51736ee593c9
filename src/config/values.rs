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
use url::Url;

use super::{DatabaseUrl, Refused};
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
        (name, value): (&'static str, &Option<String>),
        (file_name, path): (&'static str, &Option<String>),
    ) -> Option<(&'static str, String)> {
        match (value, path) {
            (Some(_), Some(_)) => {
                self.add(format!(
                    "{name} and {file_name} are both set; keep one of them"
                ));
                None
            }
            (Some(value), None) => Some((name, value.clone())),
            (None, Some(path)) => match fs::read_to_string(path) {
                Ok(text) => Some((file_name, text.trim_end().to_owned())),
                Err(error) => {
                    let secret = name
                        .trim_start_matches("DAEMUN_")
                        .trim_start_matches("--")
                        .to_lowercase();
                    self.add(format!(
                        "{file_name}: cannot read {path}: {error}; for example /run/secrets/{secret}"
                    ));
                    None
                }
            },
            (None, None) => None,
        }
    }

    pub(super) fn list<T>(
        &mut self,
        name: &str,
        text: &str,
        item: fn(&str) -> Result<T, &'static str>,
    ) -> Vec<T> {
        let mut values = Vec::new();
        for entry in text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
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

    pub(super) fn log_filter(&mut self, name: &str, text: &str) -> String {
        if tracing_subscriber::EnvFilter::builder()
            .parse(text)
            .is_err()
        {
            self.add(format!(
                "{name}: `{text}` is not a level or filter; for example info"
            ));
        }
        text.to_owned()
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

/// A network, or an address as a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, &'static str> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_unparsed| "is neither a network nor an address; for example 172.16.0.0/12")
}

const UNITS: [(&str, u64); 4] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
];

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        _ => UNITS.iter().find(|(name, _)| *name == unit)?.1,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(millis)
        .map(Duration::from_millis)
}

fn written(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let unit = UNITS
        .iter()
        .find(|(_, unit)| millis != 0 && millis.is_multiple_of(*unit));
    unit.map_or_else(
        || format!("{millis}ms"),
        |(name, unit)| format!("{}{name}", millis / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, millis) in [
            ("500ms", 500),
            ("2s", 2_000),
            ("15m", 900_000),
            ("1h", 3_600_000),
            ("14d", 1_209_600_000),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
            assert_eq!(written(Duration::from_millis(millis)), text);
        }
        for text in [
            "",
            "5",
            "s",
            "-1s",
            "1.5h",
            "1w",
            "99999999999999999999s",
            "18446744073709551615d",
            "1 s",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
