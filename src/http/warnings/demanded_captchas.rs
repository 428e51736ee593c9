//! The lines about demanded proofs of work: at most one per minute and client IP.

use super::once_a_minute::OnceAMinute;

/// The client IPs whose demands were logged within the last minute.
#[derive(Clone, Debug, Default)]
pub struct DemandedCaptchas(OnceAMinute);

impl DemandedCaptchas {
    /// Logs that a request to this route has to present a proof of work, unless the client IP was
    /// logged within the last minute.
    pub fn log(&self, client_ip: &str, route: &str) {
        if self.0.is_due(client_ip) {
            tracing::info!(
                event = "captcha.required",
                client.ip = client_ip,
                route,
                "proof of work required"
            );
        }
    }
}
