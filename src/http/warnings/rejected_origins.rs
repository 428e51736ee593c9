//! The warnings about rejected browser origins: at most one per minute and origin.

use actix_web::http::header::{HeaderMap, ORIGIN};

use super::once_a_minute::OnceAMinute;

/// The maximum length of an origin that is logged, in bytes.
const MAX_LENGTH: usize = 256;

/// The origins that were logged within the last minute.
#[derive(Clone, Debug, Default)]
pub struct RejectedOrigins(OnceAMinute);

impl RejectedOrigins {
    /// Logs the origin of a rejected request, unless it was logged within the last minute.
    pub fn warn(&self, headers: &HeaderMap) {
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let Some(origin) = origin.filter(|origin| origin.len() <= MAX_LENGTH) else {
            return;
        };
        if self.0.is_due(origin) {
            tracing::warn!(
                event = "origin.rejected",
                origin,
                "a page of this origin was rejected; if it is your app, add the origin to DAEMUN_CORS_ORIGINS"
            );
        }
    }
}
