//! A JSON value that keeps the order and the duplicates of its members.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::domain::invalid::Invalid;

/// A JSON value, or a placeholder for one.
#[derive(Clone, Debug)]
pub enum JsonValue {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<JsonValue>),
    Object(Vec<(String, JsonValue)>),
    /// Replaces a rejected value and fits every type.
    Placeholder,
}

/// A step from a value to one of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Member(String),
    Item(usize),
}

impl JsonValue {
    /// Corrects a missing, duplicate or unknown member of the object at this path. Returns whether
    /// there is such an object.
    pub fn correct_member(&mut self, path: &[Step], name: &str, reason: Invalid) -> bool {
        let Some(Self::Object(members)) = self.at(path) else {
            return false;
        };
        if reason == Invalid::Required {
            members.push((name.to_owned(), Self::Placeholder));
        } else {
            let mut is_kept = reason == Invalid::DuplicateField;
            members.retain(|(member, _)| member != name || std::mem::replace(&mut is_kept, false));
        }
        true
    }

    /// Replaces the value at this path by a placeholder. Returns `false` if the value is one
    /// already.
    pub fn replace(&mut self, path: &[Step]) -> bool {
        match self.at(path) {
            None | Some(Self::Placeholder) => false,
            Some(value) => {
                *value = Self::Placeholder;
                true
            }
        }
    }

    fn at(&mut self, path: &[Step]) -> Option<&mut Self> {
        path.iter()
            .try_fold(self, |value, step| match (value, step) {
                (Self::Object(members), Step::Member(name)) => members
                    .iter_mut()
                    .find_map(|(member, value)| (member == name).then_some(value)),
                (Self::List(items), Step::Item(index)) => items.get_mut(*index),
                _ => None,
            })
    }
}

/// Parses a JSON object.
pub fn parse_object(bytes: &[u8]) -> serde_json::Result<JsonValue> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let object = deserializer.deserialize_map(JsonVisitor {
        expects_object: true,
    })?;
    deserializer.end()?;
    Ok(object)
}

impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor {
            expects_object: false,
        })
    }
}

struct JsonVisitor {
    expects_object: bool,
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = JsonValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.expects_object {
            "an object"
        } else {
            "a JSON value"
        })
    }

    fn visit_unit<E>(self) -> Result<JsonValue, E> {
        Ok(JsonValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<JsonValue, E> {
        Ok(JsonValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<JsonValue, E> {
        Ok(JsonValue::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<JsonValue, E> {
        Ok(JsonValue::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<JsonValue, E> {
        // The parser returns finite numbers alone.
        Ok(Number::from_f64(value).map_or(JsonValue::Null, JsonValue::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<JsonValue, E> {
        Ok(JsonValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<JsonValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(JsonValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<JsonValue, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(JsonValue::Object(object))
    }
}
