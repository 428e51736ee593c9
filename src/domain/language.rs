//! The languages of texts for people.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The default.
    #[default]
    English,
    /// `ko`
    Korean,
}

impl Language {
    /// Returns the tag for `Content-Language`, `lang` and the database.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// Returns the language of a tag, or English if it is unknown.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        if tag == "ko" {
            Self::Korean
        } else {
            Self::English
        }
    }
}
