//! Writes the content of a message as plain text, as HTML and as MIME.

pub(crate) mod html;
pub(crate) mod mime;
pub(crate) mod text;
