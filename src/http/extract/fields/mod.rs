//! A reader that deserializes a JSON object and names every field that does not fit, not only the
//! first.

mod mistake;
mod placeholder;
mod reader;
mod value;

use std::cell::Cell;

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{domain::invalid::Invalid, http::problem::FieldError};
use mistake::Mistake;
use reader::ValueReader;
use value::JsonValue;

/// The maximum nesting of lists and objects. It bounds every recursion over a body.
const MAX_DEPTH: u32 = 32;

/// The maximum number of rejected fields in a response.
const MAX_ERRORS: usize = 16;

/// The maximum length of a rejected field's name in a response, in characters.
const MAX_NAME: usize = 64;

/// The members of a JSON object.
#[derive(Debug)]
pub struct Fields(JsonValue);

/// The reason why a body has no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The body is not JSON, or is nested too deep.
    Malformed,
    /// The body is JSON but not an object.
    NotAnObject,
}

/// The result of reading a body.
pub struct Reading<D> {
    /// The body. It contains placeholders if there are errors, and is absent if it could not be
    /// read to its end.
    pub body: Option<D>,
    /// The rejected fields so far.
    pub errors: Vec<FieldError>,
    names: &'static [&'static str],
}

impl<D> Reading<D> {
    /// Adds a rejected field, unless it or an object around it was rejected before.
    pub fn reject(&mut self, error: FieldError) {
        if !self.has_rejected(&error.field) {
            self.errors.push(error);
        }
    }

    /// Returns whether this field, or an object or list around it, was rejected.
    pub fn has_rejected(&self, field: &str) -> bool {
        self.errors.iter().any(|known| {
            field
                .strip_prefix(known.field.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Returns the rejected fields without the body.
    pub fn without_body(self) -> Reading<()> {
        Reading {
            body: None,
            errors: self.errors,
            names: self.names,
        }
    }

    /// Returns the rejected fields in the order of the body's type. Unknown fields are the last.
    pub fn in_order(mut self) -> Vec<FieldError> {
        let names = self.names;
        let place = |error: &FieldError| {
            let member = error.field.split(['.', '[']).next();
            names.iter().position(|name| Some(*name) == member)
        };
        self.errors
            .sort_by_key(|error| place(error).unwrap_or(names.len()));
        self.errors
    }
}

impl Fields {
    /// Parses a body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        if is_too_deep(bytes) {
            return Err(Unreadable::Malformed);
        }
        value::parse_object(bytes).map(Self).map_err(|error| {
            // The parser stops where it finds no object. Only the end shows whether the body is JSON.
            if error.is_data() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
                Unreadable::NotAnObject
            } else {
                Unreadable::Malformed
            }
        })
    }

    /// Reads a body of type `D`.
    ///
    /// A rejected field is replaced by a placeholder and the body is read again, so that the other
    /// fields are checked too. A member of an object is named `object.member`, an item of a list
    /// `list[0]`.
    pub fn read<D: DeserializeOwned>(mut self) -> Reading<D> {
        let names = Cell::new(&[][..]);
        let mut errors: Vec<FieldError> = Vec::new();
        let mut body = None;
        for _ in 0..MAX_ERRORS * 4 {
            let mistake = match D::deserialize(ValueReader::of_body(&self.0, &names)) {
                Ok(read) => {
                    body = Some(read);
                    break;
                }
                Err(mistake) => mistake,
            };
            let field = mistake.field();
            if !errors.iter().any(|error| error.field == field) {
                let name: String = field.chars().take(MAX_NAME).collect();
                errors.push(FieldError::new(name, mistake.reason));
            }
            if errors.len() == MAX_ERRORS || !self.correct(&mistake) {
                break;
            }
        }
        Reading {
            body,
            errors,
            names: names.get(),
        }
    }

    /// Removes the cause of a mistake. Returns `false` if no value would be accepted in its place.
    fn correct(&mut self, mistake: &Mistake) -> bool {
        let is_about_member = matches!(
            mistake.reason,
            Invalid::Required | Invalid::DuplicateField | Invalid::UnknownField
        );
        if is_about_member {
            mistake
                .member()
                .is_some_and(|(path, name)| self.0.correct_member(path, name, mistake.reason))
        } else {
            self.0.replace(&mistake.path)
        }
    }
}

/// Returns whether brackets are nested deeper than the limit. The parser rejects text that is not
/// JSON.
fn is_too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut is_in_text, mut is_escaped) = (0_u32, false, false);
    bytes.iter().any(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_text,
            b'"' => is_in_text = !is_in_text,
            b'[' | b'{' if !is_in_text => depth += 1,
            b']' | b'}' if !is_in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

#[cfg(test)]
mod tests;
