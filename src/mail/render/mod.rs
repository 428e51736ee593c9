//! Renders the content of a message as plain text, as HTML and as MIME.

pub(super) mod html;
pub(super) mod mime;
pub(super) mod text;
