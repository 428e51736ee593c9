//! The codes that depend on another service or a proxy.

use super::{gate::Gate, request::request};
use crate::support::{Reply, integrations::done};

const FORM: &str = "application/x-www-form-urlencoded";

impl Gate {
    /// Causes a code that depends on the request of another service or a proxy.
    pub(super) fn cause_by_service(&self, operation: &str, code: &str) -> Option<Reply> {
        let plain = || request(&self.service, operation);
        let key = self.credential(operation);
        let call = match (operation, code) {
            ("introspect", "payload_too_large") => {
                let body = vec![b' '; 16 * 1024 + 1];
                plain().body(FORM, &body).bearer(key)
            }
            ("introspect", "validation_failed") => plain().body(FORM, b"nothing=1").bearer(key),
            ("introspect", "scope_missing") => {
                let arguments = ["create", "crm", "--scope", "users:read"];
                plain().bearer(&done(&self.service, &arguments))
            }
            ("introspect", "client_authentication_ambiguous") => {
                plain().bearer(key).header("authorization", "Basic x")
            }
            // The method of such a request is safe, unless a header contradicts it.
            ("forward_auth_path", "origin_not_allowed") => plain()
                .cookie(&self.cookie)
                .header("x-forwarded-method", "POST")
                .header("origin", "https://evil.example"),
            _ => return None,
        };
        Some(call.send())
    }
}
