//! Reads the text of each setting and collects every fault.

use std::{
    fmt::Display, net::SocketAddr, ops::RangeInclusive, path::Path, str::FromStr, time::Duration,
};

use super::{
    duration::{duration, to_text},
    error::{ConfigError, ConfigErrors},
    secret_file,
};

/// Reads settings and collects every fault, so that an operator sees all of them at once.
/// After a fault, the value that a method returns is only a placeholder.
#[derive(Default)]
pub(super) struct Reader {
    errors: Vec<ConfigError>,
}

impl Reader {
    pub(super) fn fault(&mut self, fault: impl Into<String>) {
        self.errors.push(ConfigError::new(fault));
    }

    /// Returns `value` if no setting has a fault.
    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigErrors> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(ConfigErrors(self.errors))
        }
    }

    pub(super) fn address(&mut self, name: &str, text: &str) -> SocketAddr {
        text.parse().unwrap_or_else(|_| {
            self.fault(format!(
                "{name}: `{text}` is not an address and port; for example 127.0.0.1:8080"
            ));
            SocketAddr::from(([127, 0, 0, 1], 0))
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
                self.fault(format!(
                    "{name}: `{text}` is not a number from {least} to {most}; for example {least}"
                ));
                *least
            }
        }
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
                let (least, most) = (to_text(*range.start()), to_text(*range.end()));
                self.fault(format!(
                    "{name}: `{text}` is not a duration from {least} to {most}; for example {most}"
                ));
                *range.start()
            }
        }
    }

    pub(super) fn switch(&mut self, name: &str, text: &str) -> bool {
        match text {
            "on" | "true" => true,
            "off" | "false" => false,
            _ => {
                self.fault(format!(
                    "{name}: `{text}` is neither on nor off; for example on"
                ));
                false
            }
        }
    }

    /// Reads one of a few words. The first is the default and the example.
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
            self.fault(format!(
                "{name}: `{text}` is none of {}, {}; for example {}",
                usual.0,
                words.join(", "),
                usual.0
            ));
        }
        chosen.map_or(usual.1, |(_, value)| *value)
    }

    pub(super) fn text(&mut self, name: &str, text: &str, example: &str) -> String {
        if text.trim().is_empty() {
            self.fault(format!("{name}: `{text}` is blank; for example {example}"));
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
            // The text has only blanks. `item` reports it with its own example.
            entries.push("");
        }
        let mut values = Vec::new();
        for entry in entries {
            match item(entry) {
                Ok(value) => values.push(value),
                Err(wrong) => self.fault(format!("{name}: `{entry}` {wrong}")),
            }
        }
        values
    }

    /// Reads a setting that is given as a value or as the path of a file. Returns the name of the
    /// setting that was used, and the value.
    pub(super) fn value_or_file(
        &mut self,
        (name, value): (&'static str, Option<&str>),
        (file_name, path): (&'static str, Option<&str>),
    ) -> Option<(&'static str, String)> {
        match (value, path) {
            (Some(_), Some(_)) => {
                self.fault(format!(
                    "{name} and {file_name} are both set; keep one of them"
                ));
                None
            }
            (Some(value), None) => Some((name, value.to_owned())),
            (None, Some(path)) => match secret_file::read(Path::new(path)) {
                Ok(text) => Some((file_name, text)),
                Err(error) => {
                    let name = name.trim_start_matches("DAEMUN_").trim_start_matches("--");
                    let example = format!("/run/secrets/{}", name.to_lowercase());
                    self.fault(format!("{file_name}: {error}; for example {example}"));
                    None
                }
            },
            (None, None) => None,
        }
    }
}
