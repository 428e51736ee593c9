//! The members of a JSON object on one line.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::rejection::Rejection;
use crate::domain::invalid::Invalid;

/// The members of a JSON object, in their order. Names may occur twice.
pub(super) struct LineMembers(Vec<(String, Value)>);

impl LineMembers {
    /// Parses the object of a line.
    pub(super) fn parse(text: &str) -> Result<Self, Rejection> {
        serde_json::from_str(text).map_err(|error| {
            if error.is_data() {
                Rejection::not_an_object()
            } else {
                Rejection::not_json()
            }
        })
    }

    /// Returns a rejection for each member whose name is none of `known` or occurs twice.
    pub(super) fn unknown_or_repeated(&self, known: &[&str]) -> Vec<Rejection> {
        let members = self.0.iter().enumerate();
        let named = members.filter_map(|(place, (name, _))| {
            let reason = if !known.contains(&name.as_str()) {
                Invalid::UnknownField
            } else if self.0.iter().take(place).any(|(other, _)| other == name) {
                Invalid::DuplicateField
            } else {
                return None;
            };
            Some(Rejection::named(name, reason))
        });
        named.collect()
    }

    /// Takes the value of a member. `null` is no value.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        let member = self.0.iter_mut().find(|(other, _)| other == name);
        let value = member.map(|(_, value)| value.take());
        value.filter(|value| !value.is_null())
    }
}

impl<'de> Deserialize<'de> for LineMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = LineMembers;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LineMembers, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(LineMembers(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
