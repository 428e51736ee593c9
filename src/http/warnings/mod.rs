//! Log lines that clients cause, limited in number: about a deployment that is probably
//! misconfigured, and about demanded proofs of work.

pub(crate) mod demanded_captchas;
pub(crate) mod no_public_url;
mod once_a_minute;
pub(crate) mod proxy_warning;
pub(crate) mod rejected_origins;
