//! The HTML part of a message.

use askama::Template;

use crate::mail::content::Letter;

/// The document, from its template.
#[derive(Template)]
#[template(path = "mail/message.html")]
pub(crate) struct Html<'a> {
    /// The text that the document shows.
    pub(crate) content: &'a Letter,
}
