//! JSON objects that the service stores for an app and does not interpret.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{Map, Value, value::RawValue};

use crate::domain::invalid::Invalid;

/// A JSON object in its compact form. It serializes as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonObject(String);

impl JsonObject {
    /// The most bytes of the compact form.
    pub const MAX_BYTES: usize = 4 * 1024;

    /// The most levels of objects and lists, the object itself included.
    pub const MAX_DEPTH: usize = 8;

    /// Returns the object with these members, unless it is too deep or too large.
    pub fn new(members: &Map<String, Value>) -> Result<Self, Invalid> {
        if 1 + members.values().map(depth).max().unwrap_or(0) > Self::MAX_DEPTH {
            return Err(Invalid::TooDeep);
        }
        let text = serde_json::to_string(members).map_err(|_unreachable| Invalid::InvalidValue)?;
        if text.len() > Self::MAX_BYTES {
            return Err(Invalid::TooLarge);
        }
        Ok(Self(text))
    }

    /// Returns a stored object.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the compact form, which is also the stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the members.
    pub fn members(&self) -> serde_json::Result<Map<String, Value>> {
        serde_json::from_str(&self.0)
    }
}

/// Returns the levels of objects and lists in a value. The reader of bodies bounds the recursion.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

impl Default for JsonObject {
    fn default() -> Self {
        Self(String::from("{}"))
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Result<JsonObject, Invalid> {
        JsonObject::new(&serde_json::from_value(value).unwrap())
    }

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn object_has_at_most_eight_levels() {
        assert!(object(nested(8)).is_ok());
        assert_eq!(object(nested(9)), Err(Invalid::TooDeep));
        assert_eq!(
            object(json!({ "a": [[[[[[[[]]]]]]]] })),
            Err(Invalid::TooDeep)
        );
    }

    #[test]
    fn object_has_at_most_4096_bytes() {
        let of_bytes = |bytes: usize| object(json!({ "a": "b".repeat(bytes - 8) }));
        assert_eq!(of_bytes(4_096).unwrap().as_str().len(), 4_096);
        assert_eq!(of_bytes(4_097), Err(Invalid::TooLarge));
    }

    #[test]
    fn object_serializes_as_it_is() {
        let kept = object(json!({ "b": 1, "a": [null, "김"] })).unwrap();
        let stored = JsonObject::from_stored(kept.as_str().to_owned());
        assert_eq!(serde_json::to_string(&stored).unwrap(), kept.as_str());
        assert_eq!(serde_json::to_string(&JsonObject::default()).unwrap(), "{}");
    }
}
