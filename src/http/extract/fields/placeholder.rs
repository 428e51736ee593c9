//! The deserializer of a placeholder: it returns a value of any requested type.

use std::slice;

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
        SeqAccess, VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::mistake::Mistake;

/// The maximum nesting of placeholders, for types that contain themselves.
const MAX_NESTING: u8 = 32;

/// The deserializer of a placeholder. A nested one is inside a placeholder for an object.
#[derive(Clone, Copy, Default)]
pub struct PlaceholderReader {
    nesting: u8,
}

impl PlaceholderReader {
    fn nested(self) -> Result<Self, Mistake> {
        if self.nesting == MAX_NESTING {
            return Err(Mistake::custom("a type contains itself"));
        }
        Ok(Self {
            nesting: self.nesting + 1,
        })
    }
}

/// Reads these types as this value.
macro_rules! placeholder {
    ($($method:ident)+ |$visitor:ident| $read:expr) => {
        $(
            fn $method<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, Mistake> {
                $read
            }
        )+
    };
}

impl<'de> Deserializer<'de> for PlaceholderReader {
    type Error = Mistake;

    placeholder! { deserialize_bool |visitor| visitor.visit_bool(false) }
    // Zero would be rejected by types that exclude it.
    placeholder! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 |visitor| visitor.visit_u64(1)
    }
    placeholder! { deserialize_f32 deserialize_f64 |visitor| visitor.visit_f64(1.0) }
    placeholder! { deserialize_char |visitor| visitor.visit_char('-') }
    placeholder! { deserialize_any deserialize_str deserialize_string |visitor| visitor.visit_str("") }
    placeholder! { deserialize_bytes deserialize_byte_buf |visitor| visitor.visit_bytes(&[]) }
    placeholder! { deserialize_unit deserialize_ignored_any |visitor| visitor.visit_unit() }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_tuple(0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_seq(PlaceholderItems {
            left: length,
            item: self.nested()?,
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_struct("", &[], visitor)
    }

    /// Returns an object with a placeholder in every field.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_map(PlaceholderMembers {
            names: fields.iter(),
            value: self.nested()?,
        })
    }

    /// Returns the first choice.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_enum(PlaceholderChoice {
            name: variants.first().copied().unwrap_or_default(),
            data: self.nested()?,
        })
    }

    /// Returns a value for the rejected field itself, so that the field counts as sent, and none
    /// for an optional field inside it.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.nesting {
            0 => visitor.visit_some(self),
            _nested => visitor.visit_none(),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self.nested()?)
    }

    forward_to_deserialize_any! { unit_struct tuple_struct identifier }
}

struct PlaceholderItems {
    left: usize,
    item: PlaceholderReader,
}

impl<'de> SeqAccess<'de> for PlaceholderItems {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        seed.deserialize(self.item).map(Some)
    }
}

struct PlaceholderMembers {
    names: slice::Iter<'static, &'static str>,
    value: PlaceholderReader,
}

impl<'de> MapAccess<'de> for PlaceholderMembers {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some(name) = self.names.next() else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Mistake> = (*name).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        seed.deserialize(self.value)
    }
}

struct PlaceholderChoice {
    name: &'static str,
    data: PlaceholderReader,
}

impl<'de> EnumAccess<'de> for PlaceholderChoice {
    type Error = Mistake;
    type Variant = PlaceholderReader;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, PlaceholderReader), Mistake> {
        let name: StrDeserializer<'_, Mistake> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.data))
    }
}

impl<'de> VariantAccess<'de> for PlaceholderReader {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mistake> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_struct("", fields, visitor)
    }
}
