//! The HTML part of a message.

use askama::Template;

use crate::mail::content::Content;

/// The document, rendered from its template.
#[derive(Template)]
#[template(path = "mail/message.html")]
pub(crate) struct Html<'a> {
    /// The content that the document shows.
    pub(crate) content: &'a Content,
}
