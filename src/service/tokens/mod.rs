//! Access tokens, and the keys that sign them.

pub(crate) mod access_tokens;
