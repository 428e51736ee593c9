//! Pages that people open in a browser.

pub(crate) mod email_link;
pub(crate) mod problem;
