//! What a message says, before it is text or HTML; it must not know how either is written.

use crate::domain::language::Language;

/// The content of a message. All of it is plain text.
pub(super) struct Letter {
    /// The language of all of it.
    pub(super) language: Language,
    /// Whose mail it is.
    pub(super) service: String,
    /// The subject, which is its heading too.
    pub(super) subject: String,
    /// Paragraphs that tell what happened.
    pub(super) opening: Vec<String>,
    /// What is known of it, each with its name.
    pub(super) facts: Vec<(&'static str, String)>,
    /// A code to type.
    pub(super) code: Option<Code>,
    /// A page to open.
    pub(super) link: Option<Link>,
    /// Paragraphs that tell what to do, and what if it was somebody else.
    pub(super) closing: Vec<String>,
}

/// A code to type.
pub(super) struct Code {
    /// What it is called.
    pub(super) label: &'static str,
    /// Its digits.
    pub(super) digits: String,
}

/// A page to open.
pub(super) struct Link {
    /// What it does.
    pub(super) label: &'static str,
    /// What stands before it where it cannot be a button.
    pub(super) lead: &'static str,
    /// Its address.
    pub(super) url: String,
}
