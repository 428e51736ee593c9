//! Changes of values that an account may lack.

use serde::{Deserialize, Deserializer, Serialize};

/// The change of a value that may be absent. As a member of a JSON object it is `null` to clear the
/// value, and a missing member keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Change<T> {
    /// The value stays as it is.
    #[default]
    Keep,
    /// The value is removed.
    Clear,
    /// The value is replaced.
    Set(T),
}

impl<T> Change<T> {
    /// Returns the new value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Returns whether the value stays as it is.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the new value of one that is never absent: clearing it makes it empty.
    pub fn or_emptied(self) -> Option<T>
    where
        T: Default,
    {
        match self {
            Self::Keep => None,
            Self::Clear => Some(T::default()),
            Self::Set(value) => Some(value),
        }
    }

    /// Converts the new value, if there is one.
    pub fn try_map<U, E>(self, convert: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(convert(value)?),
        })
    }
}

/// Reads a member that is there. With `#[serde(default)]`, a missing one is [`Change::Keep`].
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct TestChange {
        #[serde(default)]
        name: Change<String>,
    }

    #[test]
    fn null_clears_and_a_missing_member_keeps() {
        for (text, name) in [
            ("{}", Change::Keep),
            (r#"{"name":null}"#, Change::Clear),
            (r#"{"name":"a"}"#, Change::Set(String::from("a"))),
        ] {
            let change: TestChange = serde_json::from_str(text).unwrap();
            assert_eq!(change, TestChange { name }, "{text}");
        }
    }
}
