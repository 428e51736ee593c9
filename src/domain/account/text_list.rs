//! Lists of short texts, as the database stores them: joined by commas, which no text contains.

use serde::{Serialize, Serializer};

const SEPARATOR: char = ',';

/// A list of texts. It serializes as a JSON array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::domain) struct TextList(String);

impl TextList {
    /// Joins texts that contain no comma and are not empty. A repeated text is dropped.
    pub(in crate::domain) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut kept: Vec<&str> = Vec::new();
        for text in texts {
            if !kept.contains(&text) {
                kept.push(text);
            }
        }
        Self(kept.join(","))
    }

    /// Returns a stored list.
    pub(in crate::domain) const fn from_stored(joined: String) -> Self {
        Self(joined)
    }

    /// Returns the stored form.
    pub(in crate::domain) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the texts in their order.
    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(SEPARATOR).filter(|text| !text.is_empty())
    }
}

impl Serialize for TextList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_keeps_its_order_and_drops_repeated_texts() {
        let list = TextList::of(["b", "a", "b"]);
        assert_eq!(list.as_str(), "b,a");
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["b","a"]"#);
        assert_eq!(TextList::from_stored(String::from("b,a")), list);
    }

    #[test]
    fn empty_list_has_no_text() {
        let list = TextList::of([]);
        assert_eq!(list.as_str(), "");
        assert_eq!(serde_json::to_string(&list).unwrap(), "[]");
    }
}
