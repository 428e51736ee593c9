//! The reasons for which a line of an import is rejected.

use std::borrow::Cow;

use super::keys::Key;
use crate::{
    domain::{invalid::Invalid, language::Language},
    http::field_text,
    service::Unique,
};

/// The most characters of a field's name that a report repeats.
const MAX_NAME: usize = 64;

/// The reason for which a line is rejected. It never repeats a value of the line.
#[derive(Debug)]
pub(super) struct Rejection {
    /// The field, or `None` for the whole line.
    pub(super) field: Option<Cow<'static, str>>,
    /// The code, which is never renamed.
    pub(super) code: &'static str,
    /// The reason in English.
    pub(super) message: Cow<'static, str>,
    /// The earlier line with the same value.
    pub(super) first_line: Option<u64>,
}

impl Rejection {
    const fn of_line(code: &'static str, message: &'static str) -> Self {
        Self {
            field: None,
            code,
            message: Cow::Borrowed(message),
            first_line: None,
        }
    }

    pub(super) const fn line_too_long() -> Self {
        Self::of_line("line_too_long", "A line has at most 64 KiB.")
    }

    pub(super) const fn invalid_utf8() -> Self {
        Self::of_line("invalid_utf8", "The line is not UTF-8. Convert the file.")
    }

    pub(super) const fn not_json() -> Self {
        Self::of_line("malformed_json", "The line is not one JSON object.")
    }

    pub(super) const fn not_an_object() -> Self {
        Self::of_line(
            "invalid_type",
            "The line is not a JSON object. `jq -c '.[]'` writes the objects of a list as lines.",
        )
    }

    /// The account was deleted while it was compared.
    pub(super) const fn changed_meanwhile() -> Self {
        Self::of_line(
            "changed_meanwhile",
            "An account changed during the import. Run the import again.",
        )
    }

    /// The time of the signup is not a time in the past.
    pub(super) fn not_a_past_time() -> Self {
        Self {
            field: Some(Cow::Borrowed("created_at")),
            ..Self::of_line(
                "invalid_value",
                "Use a time in RFC 3339 between 1970 and now, such as 2026-01-31T12:00:00Z.",
            )
        }
    }

    /// The line has no username, and none is to be made.
    pub(super) fn no_username() -> Self {
        Self {
            field: Some(Cow::Borrowed("username")),
            ..Self::of_line(
                "required",
                "This field is required without `--username-from`.",
            )
        }
    }

    /// A field is invalid.
    pub(super) fn invalid(field: &'static str, reason: Invalid) -> Self {
        Self {
            field: Some(Cow::Borrowed(field)),
            ..Self::of_line(reason.code(), field_text(reason, Language::English))
        }
    }

    /// A field with a name of the file is unknown or occurs twice.
    pub(super) fn named(field: &str, reason: Invalid) -> Self {
        let name = field.chars().take(MAX_NAME).collect();
        Self {
            field: Some(Cow::Owned(name)),
            ..Self::of_line(reason.code(), field_text(reason, Language::English))
        }
    }

    /// Another account has the value.
    pub(super) fn taken(unique: Unique) -> Self {
        match unique {
            Unique::Username => Self::invalid("username", Invalid::UsernameTaken),
            Unique::Email => Self::invalid("email", Invalid::EmailTaken),
            Unique::ExternalId => Self::invalid("external_id", Invalid::ExternalIdTaken),
            Unique::IdempotencyKey | Unique::ServiceKeyName | Unique::Random => {
                Self::changed_meanwhile()
            }
        }
    }

    /// An earlier line of the file has the value.
    pub(super) fn repeated(key: Key, first_line: u64) -> Self {
        let (field, code, name) = match key {
            Key::Username | Key::MadeUsername => ("username", "duplicate_username", "username"),
            Key::Email => ("email", "duplicate_email", "email address"),
            Key::ExternalId => ("external_id", "duplicate_external_id", "external ID"),
        };
        Self {
            field: Some(Cow::Borrowed(field)),
            code,
            message: Cow::Owned(format!("Line {first_line} has the same {name}.")),
            first_line: Some(first_line),
        }
    }
}
