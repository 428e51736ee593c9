//! The content of a message before it is rendered. All of it is plain text.

use crate::domain::{branding::Branding, language::Language};

/// The content of a message.
pub(super) struct Content {
    /// The language of all texts.
    pub(super) language: Language,
    /// The app.
    pub(super) branding: Branding,
    /// The subject, which is also the heading.
    pub(super) subject: String,
    /// Paragraphs that say what happened.
    pub(super) opening: Vec<String>,
    /// Facts about it, each with its label.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The code to type.
    pub(super) code: Option<VerificationCode>,
    /// The page to open.
    pub(super) link: Option<Link>,
    /// The invitation to enter where there is no page to open.
    pub(super) invitation: Option<InvitationToken>,
    /// Paragraphs that say what to do, and what to do if it was another person.
    pub(super) closing: Vec<String>,
}

/// A code to type.
pub(super) struct VerificationCode {
    /// The text before it.
    pub(super) label: &'static str,
    /// Its digits.
    pub(super) digits: String,
}

/// An invitation to enter.
pub(super) struct InvitationToken {
    /// The text before it.
    pub(super) label: &'static str,
    /// The token.
    pub(super) token: String,
}

/// A page to open.
pub(super) struct Link {
    /// The text of its button.
    pub(super) label: &'static str,
    /// The text before its address, for readers whose button does not work.
    pub(super) lead: &'static str,
    /// Its address.
    pub(super) url: String,
}
