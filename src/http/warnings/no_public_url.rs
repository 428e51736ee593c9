//! The warning about discovery by clients while the service has no public URL.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// The warning that a client looks for the metadata of the issuer, which needs a public URL.
#[derive(Clone, Debug, Default)]
pub struct NoPublicUrl(Arc<AtomicBool>);

impl NoPublicUrl {
    /// Logs the warning once.
    pub fn warn(&self) {
        if !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                event = "discovery.no_public_url",
                "a client looks for the metadata of the token issuer, which exists only with DAEMUN_PUBLIC_URL"
            );
        }
    }
}
