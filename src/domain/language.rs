//! The languages that texts exist in; it must not know any text, nor who reads it.

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The default.
    English,
    /// `ko`
    Korean,
}

impl Language {
    /// As in `Content-Language` and `lang`, and as it is kept.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language of a tag; English where it is unknown.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        if tag == "ko" {
            Self::Korean
        } else {
            Self::English
        }
    }
}
