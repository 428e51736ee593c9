//! The error of the deserializer: a value that does not fit, and its path.

use std::fmt;

use super::value::Step;
use crate::domain::invalid::Invalid;

/// The first value that does not fit.
#[derive(Debug, thiserror::Error)]
#[error("{}", reason.code())]
pub struct Mistake {
    /// The reason.
    pub reason: Invalid,
    /// The path of the value, or of the member that is missing, duplicate or unknown.
    pub path: Vec<Step>,
}

impl Mistake {
    fn new(reason: Invalid) -> Self {
        Self {
            reason,
            path: Vec::new(),
        }
    }

    /// Creates the mistake of a missing, duplicate or unknown member.
    pub fn of_member(reason: Invalid, name: &str) -> Self {
        Self {
            reason,
            path: vec![Step::Member(name.to_owned())],
        }
    }

    /// Adds the step that leads to the value.
    pub fn inside(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }

    /// Returns the path of the object and the name of its member, if the last step is a member.
    pub fn member(&self) -> Option<(&[Step], &str)> {
        match self.path.split_last()? {
            (Step::Member(name), path) => Some((path, name)),
            (Step::Item(_), _) => None,
        }
    }

    /// Returns the name of the field, such as `object.member` or `list[0]`, or `body` for the whole
    /// body.
    pub fn field(&self) -> String {
        let field = self
            .path
            .iter()
            .fold(String::new(), |field, step| match step {
                Step::Member(name) if field.is_empty() => name.clone(),
                Step::Member(name) => format!("{field}.{name}"),
                Step::Item(index) => format!("{field}[{index}]"),
            });
        if self.path.is_empty() {
            String::from("body")
        } else {
            field
        }
    }
}

impl serde::de::Error for Mistake {
    fn custom<T: fmt::Display>(_text: T) -> Self {
        Self::new(Invalid::InvalidType)
    }

    fn invalid_value(_unexpected: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self::new(Invalid::InvalidValue)
    }

    fn unknown_variant(_variant: &str, _expected: &'static [&'static str]) -> Self {
        Self::new(Invalid::InvalidValue)
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        Self::of_member(Invalid::UnknownField, field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of_member(Invalid::Required, field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::of_member(Invalid::DuplicateField, field)
    }
}
