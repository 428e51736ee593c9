//! The types of events that webhooks publish.

use std::collections::BTreeSet;

use super::kind::EventType;

/// The word that stands for every type.
const EVERY: &str = "*";

/// The types of events that webhooks publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedTypes(BTreeSet<EventType>);

impl PublishedTypes {
    /// Returns the types that are published unless the operator chooses others. Clients can cause
    /// `login.failed` without end, and no receiver has to act on it.
    #[must_use]
    pub fn usual() -> Self {
        let usual = EventType::audited().filter(|one| *one != EventType::LoginFailed);
        Self(usual.collect())
    }

    /// Parses a type (`user.deleted`), an area (`user.*`) or every type (`*`). Returns `None` for
    /// a text that names none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_named = |one: &EventType| match text.strip_suffix(EVERY) {
            Some("") => true,
            Some(area) => area.ends_with('.') && one.name().starts_with(area),
            None => one.name() == text,
        };
        let named: BTreeSet<_> = EventType::audited().filter(is_named).collect();
        (!named.is_empty()).then_some(Self(named))
    }

    /// Returns whether events of this type are published.
    #[must_use]
    pub fn contains(&self, event_type: EventType) -> bool {
        self.0.contains(&event_type)
    }

    /// Returns the types, in the order of their table.
    pub fn iter(&self) -> impl Iterator<Item = EventType> {
        self.0.iter().copied()
    }
}

impl FromIterator<Self> for PublishedTypes {
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        Self(sets.into_iter().flat_map(|set| set.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let types = PublishedTypes::parse(text).unwrap_or_default();
        types.iter().map(EventType::name).collect()
    }

    #[test]
    fn a_text_names_a_type_an_area_or_every_type() {
        assert_eq!(names("user.deleted"), ["user.deleted"]);
        assert_eq!(names("recovery_codes.*"), ["recovery_codes.renewed"]);
        assert_eq!(names("*").len(), EventType::audited().count());
        for text in [
            "",
            "user",
            "user*",
            "user.",
            ".*",
            "users.*",
            "proof.refused",
            "**",
        ] {
            assert_eq!(PublishedTypes::parse(text), None, "{text}");
        }
    }

    #[test]
    fn failed_logins_are_published_only_by_choice() {
        let usual = PublishedTypes::usual();
        assert!(!usual.contains(EventType::LoginFailed));
        assert!(usual.contains(EventType::UserDeleted));
        assert_eq!(usual.iter().count() + 1, EventType::audited().count());
    }
}
