//! Log warnings about a deployment that is probably misconfigured, limited in number.

pub(crate) mod no_public_url;
pub(crate) mod proxy_warning;
pub(crate) mod rejected_origins;
