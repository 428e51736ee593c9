//! The fields of one line, each with the rules of the service.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{members::LineMembers, rejection::Rejection};
use crate::domain::{
    account::roles::{Role, Roles},
    invalid::Invalid,
    json_object::JsonObject,
};

/// The fields of one line that are left to parse.
pub(super) struct LineFields {
    members: LineMembers,
    pub(super) rejections: Vec<Rejection>,
}

impl LineFields {
    /// The fields of a line, of which those that are not `known` are rejected.
    pub(super) fn new(members: LineMembers, known: &[&str]) -> Self {
        Self {
            rejections: members.unknown_or_repeated(known),
            members,
        }
    }

    /// Returns whether a field is rejected.
    pub(super) fn is_rejected(&self, field: &str) -> bool {
        let mut rejected = self.rejections.iter();
        rejected.any(|one| one.field.as_deref() == Some(field))
    }

    pub(super) fn reject(&mut self, field: &'static str, reason: Invalid) {
        self.rejections.push(Rejection::invalid(field, reason));
    }

    /// Takes a value and parses it, or rejects its field.
    fn parsed<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<T> {
        let parsed = parse(self.members.take(field)?);
        parsed.map_err(|reason| self.reject(field, reason)).ok()
    }

    pub(super) fn text<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        self.parsed(field, |value| {
            let Value::String(text) = value else {
                return Err(Invalid::InvalidType);
            };
            // The text may be a password.
            parse(&Zeroizing::new(text))
        })
    }

    pub(super) fn flag(&mut self, field: &'static str) -> Option<bool> {
        self.parsed(field, |value| value.as_bool().ok_or(Invalid::InvalidType))
    }

    pub(super) fn roles(&mut self) -> Option<Roles> {
        self.parsed("roles", |value| {
            let names = value.as_array().ok_or(Invalid::InvalidType)?;
            let roles = names.iter().map(|name| {
                let name = name.as_str().ok_or(Invalid::InvalidType)?;
                Role::parse(name)
            });
            Roles::new(&roles.collect::<Result<Vec<_>, _>>()?)
        })
    }

    pub(super) fn metadata(&mut self) -> Option<JsonObject> {
        self.parsed("metadata", |value| {
            let members = value.as_object().ok_or(Invalid::InvalidType)?;
            JsonObject::new(members)
        })
    }
}
