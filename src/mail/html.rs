//! The HTML part of a message.

use askama::Template;

use super::letter::Letter;

/// The document, from its template.
#[derive(Template)]
#[template(path = "mail/message.html")]
pub(super) struct Html<'a> {
    /// The text that the document shows.
    pub(super) content: &'a Letter,
}
