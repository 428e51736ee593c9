//! Pages for people with a browser.

pub(crate) mod email_link;
mod frame;
pub(crate) mod problem;
pub(crate) mod problems;
pub(crate) mod swagger_ui;
