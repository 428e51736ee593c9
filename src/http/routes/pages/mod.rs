//! Pages for people with a browser.

pub(crate) mod email_link;
pub(crate) mod problem;
pub(crate) mod swagger_ui;
