//! The text of a setting; an empty text counts as unset.

use std::{ffi::OsStr, ops::Deref};

use clap::{
    Arg, Command, Error,
    builder::{StringValueParser, TypedValueParser, ValueParserFactory},
};

/// The text of a setting, or its default. Without `Debug`, because it may hold a password.
#[derive(Clone)]
pub(super) struct Setting(String);

impl Deref for Setting {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A setting without a default.
pub(super) trait Given {
    /// Returns the text, or `None` if it is empty.
    fn given(&self) -> Option<&str>;
}

impl Given for Option<Setting> {
    fn given(&self) -> Option<&str> {
        self.as_deref().filter(|text| !text.is_empty())
    }
}

impl ValueParserFactory for Setting {
    type Parser = SettingParser;

    fn value_parser() -> SettingParser {
        SettingParser
    }
}

/// The parser of a setting. It replaces an empty text with the default, because `${NAME:-}` in a
/// Compose file yields an empty text.
#[derive(Clone)]
pub(super) struct SettingParser;

impl TypedValueParser for SettingParser {
    type Value = Setting;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        text: &OsStr,
    ) -> Result<Setting, Error> {
        let default = argument.and_then(|argument| argument.get_default_values().first());
        let text = default
            .filter(|_| text.is_empty())
            .map_or(text, |default| default.as_os_str());
        StringValueParser::new()
            .parse_ref(command, argument, text)
            .map(Setting)
    }
}
