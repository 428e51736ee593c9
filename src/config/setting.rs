//! The text of one setting, of which an empty one counts as unset.

use std::{ffi::OsStr, ops::Deref};

use clap::{
    Arg, Command, Error,
    builder::{StringValueParser, TypedValueParser, ValueParserFactory},
};

/// The text of a setting, or its default. Without `Debug`: it may hold a password.
#[derive(Clone)]
pub(super) struct Setting(String);

impl Deref for Setting {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Returns the text of a setting that has no default, unless it is empty.
pub(super) fn given(setting: &Option<Setting>) -> Option<&str> {
    setting.as_deref().filter(|text| !text.is_empty())
}

impl ValueParserFactory for Setting {
    type Parser = SettingParser;

    fn value_parser() -> SettingParser {
        SettingParser
    }
}

/// Reads the default in place of an empty text, which is what `${NAME:-}` in a Compose file becomes.
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
