//! The ways by which mail leaves: SMTP, a folder, or the log.

pub(crate) mod folder;
pub(crate) mod smtp;
pub(crate) mod starttls;
