//! Reads a JSON object into a body type and names every field that does not fit, not only the first; it must not know any body.

use std::{cell::Cell, fmt};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
        Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

use crate::{domain::invalid::Invalid, http::problem::FieldError};

/// Refused fields that are listed at most; a body with more is not an honest mistake.
const MOST: usize = 16;

/// Characters of an unknown field's name that are repeated to the client.
const NAME: usize = 64;

/// The members of a JSON object in their order, duplicates included.
#[derive(Debug)]
pub struct Fields(Vec<(String, Value)>);

/// What came of reading a body.
pub struct Reading<D> {
    /// The body, if it could be read to its end.
    pub body: Option<D>,
    /// The fields that were refused so far.
    pub errors: Vec<FieldError>,
    names: &'static [&'static str],
}

impl<D> Reading<D> {
    /// Adds a refused field, unless it was refused before.
    pub fn refuse(&mut self, error: FieldError) {
        if !self.has_refused(&error.field) {
            self.errors.push(error);
        }
    }

    /// Whether this field was refused.
    pub fn has_refused(&self, field: &str) -> bool {
        self.errors.iter().any(|known| known.field == field)
    }

    /// The refused fields without the body.
    pub fn without_body(self) -> Reading<()> {
        Reading {
            body: None,
            errors: self.errors,
            names: self.names,
        }
    }

    /// The refused fields in the order in which the body's type has them, unknown ones last.
    pub fn in_order(mut self) -> Vec<FieldError> {
        let names = self.names;
        let place = |error: &FieldError| names.iter().position(|name| *name == error.field);
        self.errors
            .sort_by_key(|error| place(error).unwrap_or(names.len()));
        self.errors
    }
}

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Fields(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl Fields {
    /// Reads a body of type `D`. A refused field is replaced by a placeholder, so that the rest is judged in the same go:
    /// without errors the body is what was sent, else only good for finding more errors.
    pub fn read<D: DeserializeOwned>(mut self) -> Reading<D> {
        let names = Cell::new(&[][..]);
        let mut errors: Vec<FieldError> = Vec::new();
        let mut body = None;
        for _ in 0..MOST * 4 {
            let mistake = match D::deserialize(Body {
                fields: &self,
                names: &names,
            }) {
                Ok(read) => {
                    body = Some(read);
                    break;
                }
                Err(mistake) => mistake,
            };
            self.mend(&mistake);
            if !errors.iter().any(|error| error.field == mistake.field) {
                errors.push(FieldError::new(shortened(&mistake.field), mistake.reason));
            }
            if errors.len() == MOST {
                break;
            }
        }
        Reading {
            body,
            errors,
            names: names.get(),
        }
    }

    fn mend(&mut self, mistake: &Mistake) {
        let field = mistake.field.as_str();
        if mistake.reason == Invalid::Required {
            self.0
                .push((field.to_owned(), Value::String(String::new())));
        } else if mistake.reason == Invalid::DuplicateField {
            let mut seen = false;
            self.0
                .retain(|(name, _)| name != field || !std::mem::replace(&mut seen, true));
        } else if mistake.reason == Invalid::UnknownField {
            self.0.retain(|(name, _)| name != field);
        } else {
            self.replace(field);
        }
    }

    /// The next placeholder: an empty text, then `false`, then none.
    fn replace(&mut self, field: &str) {
        let Some(position) = self.0.iter().position(|(name, _)| name == field) else {
            return;
        };
        let next = match self.0.get(position).map(|(_, value)| value) {
            Some(Value::String(text)) if text.is_empty() => Some(Value::Bool(false)),
            Some(Value::Bool(false)) => None,
            _ => Some(Value::String(String::new())),
        };
        match (next, self.0.get_mut(position)) {
            (Some(placeholder), Some((_, value))) => *value = placeholder,
            _ => drop(self.0.remove(position)),
        }
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(NAME).collect()
}

/// Where reading a body stopped.
#[derive(Debug)]
struct Mistake {
    field: String,
    reason: Invalid,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.reason.code())
    }
}

impl std::error::Error for Mistake {}

impl serde::de::Error for Mistake {
    fn custom<T: fmt::Display>(_text: T) -> Self {
        Self {
            field: String::new(),
            reason: Invalid::InvalidType,
        }
    }

    fn unknown_variant(_variant: &str, _expected: &'static [&'static str]) -> Self {
        Self {
            field: String::new(),
            reason: Invalid::InvalidValue,
        }
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        Self {
            field: field.to_owned(),
            reason: Invalid::UnknownField,
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            field: field.to_owned(),
            reason: Invalid::Required,
        }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self {
            field: field.to_owned(),
            reason: Invalid::DuplicateField,
        }
    }
}

struct Body<'a> {
    fields: &'a Fields,
    names: &'a Cell<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> for Body<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(Members {
            rest: self.fields.0.iter(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.names.set(fields);
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Members<'a> {
    rest: std::slice::Iter<'a, (String, Value)>,
    value: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((name, value));
        let key: StrDeserializer<'_, Mistake> = name.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let Some((name, value)) = self.value.take() else {
            return Err(Mistake::custom("a value without its name"));
        };
        seed.deserialize(Member(value)).map_err(|mistake| Mistake {
            field: name.to_owned(),
            ..mistake
        })
    }
}

/// The value of one member. Bodies are flat, so an array or an object is never of the right type.
struct Member<'a>(&'a Value);

impl<'de> Deserializer<'de> for Member<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(Mistake::custom("no field has this type"))
            }
        }
    }

    /// `null` in an optional field means absent.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let variant = self
            .0
            .as_str()
            .ok_or_else(|| Mistake::custom("a choice is a text"))?;
        visitor.visit_enum(variant.into_deserializer())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
