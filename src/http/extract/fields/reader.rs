//! The deserializer over a parsed JSON value. Its error has the path of the value that does not
//! fit.

use std::{cell::Cell, slice};

use serde::{
    de::{
        DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::{
    mistake::Mistake,
    placeholder::PlaceholderReader,
    value::{JsonValue, Step},
};
use crate::{domain::invalid::Invalid, http::extract::free_object::FreeObject};

/// The deserializer of one value. `names` receives the field names of the body's type.
#[derive(Clone, Copy)]
pub struct ValueReader<'a> {
    value: &'a JsonValue,
    names: Option<&'a Cell<&'static [&'static str]>>,
    /// `true` inside a [`FreeObject`], whose members may have equal names.
    is_free: bool,
}

impl<'a> ValueReader<'a> {
    /// Creates the deserializer of a body.
    pub fn of_body(value: &'a JsonValue, names: &'a Cell<&'static [&'static str]>) -> Self {
        Self {
            value,
            names: Some(names),
            is_free: false,
        }
    }

    const fn of_part(value: &'a JsonValue, is_free: bool) -> Self {
        Self {
            value,
            names: None,
            is_free,
        }
    }

    const fn is_placeholder(&self) -> bool {
        matches!(self.value, JsonValue::Placeholder)
    }
}

/// Reads a placeholder as the requested type, and every other value as the type that it has.
macro_rules! read_as {
    ($($method:ident)+) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
                if self.is_placeholder() {
                    PlaceholderReader::default().$method(visitor)
                } else {
                    self.deserialize_any(visitor)
                }
            }
        )+
    };
}

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.value {
            JsonValue::Null => visitor.visit_unit(),
            JsonValue::Bool(value) => visitor.visit_bool(*value),
            JsonValue::Number(number) => {
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(number), ..) => visitor.visit_u64(number),
                    (None, Some(number), _) => visitor.visit_i64(number),
                    (None, None, number) => visitor.visit_f64(number.unwrap_or_default()),
                }
            }
            JsonValue::Text(text) => visitor.visit_str(text),
            JsonValue::List(items) => {
                let mut items = Items {
                    left: items.iter().enumerate(),
                    is_free: self.is_free,
                };
                let list = visitor.visit_seq(&mut items)?;
                if items.left.len() > 0 {
                    return Err(Mistake::custom("the list is too long"));
                }
                Ok(list)
            }
            JsonValue::Object(members) => visitor.visit_map(Members::of(members, self.is_free)),
            JsonValue::Placeholder => PlaceholderReader::default().deserialize_any(visitor),
        }
    }

    read_as! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_seq deserialize_map
    }

    /// Reads `null` in an optional field as absent.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if matches!(self.value, JsonValue::Null) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let is_free_object = name == FreeObject::NAME;
        if is_free_object && matches!(self.value, JsonValue::Null) {
            return Err(Mistake::custom("the map of serde_json takes null for {}"));
        }
        let is_free = self.is_free || is_free_object;
        visitor.visit_newtype_struct(Self { is_free, ..self })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if self.is_placeholder() {
            PlaceholderReader::default().deserialize_tuple(length, visitor)
        } else {
            self.deserialize_any(visitor)
        }
    }

    /// Reads an object. A list is rejected, although serde would take its items for the fields.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if let Some(names) = self.names {
            names.set(fields);
        }
        match self.value {
            JsonValue::Object(members) => visitor.visit_map(Members::of(members, self.is_free)),
            JsonValue::Placeholder => {
                PlaceholderReader::default().deserialize_struct(name, fields, visitor)
            }
            JsonValue::Null
            | JsonValue::Bool(_)
            | JsonValue::Number(_)
            | JsonValue::Text(_)
            | JsonValue::List(_) => Err(Mistake::custom("a struct is an object")),
        }
    }

    /// Reads a text as a choice. A choice with data needs an internal tag, such as `type`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.value {
            JsonValue::Text(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            JsonValue::Placeholder => {
                PlaceholderReader::default().deserialize_enum(name, variants, visitor)
            }
            JsonValue::Null
            | JsonValue::Bool(_)
            | JsonValue::Number(_)
            | JsonValue::List(_)
            | JsonValue::Object(_) => Err(Mistake::custom("a choice is a text")),
        }
    }

    forward_to_deserialize_any! { unit_struct tuple_struct identifier ignored_any }
}

struct Items<'a> {
    left: std::iter::Enumerate<slice::Iter<'a, JsonValue>>,
    is_free: bool,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let Some((index, value)) = self.left.next() else {
            return Ok(None);
        };
        seed.deserialize(ValueReader::of_part(value, self.is_free))
            .map(Some)
            .map_err(|mistake| mistake.inside(Step::Item(index)))
    }
}

struct Members<'a> {
    all: &'a [(String, JsonValue)],
    read: usize,
    is_free: bool,
}

impl<'a> Members<'a> {
    const fn of(all: &'a [(String, JsonValue)], is_free: bool) -> Self {
        Self {
            all,
            read: 0,
            is_free,
        }
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some((name, _)) = self.all.get(self.read) else {
            return Ok(None);
        };
        let before = self.all.get(..self.read).unwrap_or_default();
        if !self.is_free && before.iter().any(|(other, _)| other == name) {
            return Err(Mistake::of_member(Invalid::DuplicateField, name));
        }
        self.read += 1;
        let key: StrDeserializer<'_, Mistake> = name.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let last = self.read.checked_sub(1).and_then(|last| self.all.get(last));
        let Some((name, value)) = last else {
            return Err(Mistake::custom("a value without its name"));
        };
        seed.deserialize(ValueReader::of_part(value, self.is_free))
            .map_err(|mistake| mistake.inside(Step::Member(name.clone())))
    }
}
