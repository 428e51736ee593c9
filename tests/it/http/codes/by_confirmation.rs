//! The codes that depend on the confirmation of a session.

use serde_json::json;

use super::{gate::Gate, request::request};
use crate::support::{Account, PASSWORD, Reply};

impl Gate {
    /// Causes a code that depends on the confirmation of a session.
    pub(super) fn cause_by_confirmation(&self, operation: &str, code: &str) -> Option<Reply> {
        let Self { service, minji, .. } = self;
        let confirm = |account: &Account, field: &str| {
            let body = json!({ "password": PASSWORD, field: "none" });
            let call = service.post("/me/confirm", &body);
            Some(call.bearer(&account.token).send())
        };
        match (operation, code) {
            ("confirm_session", "confirmation_required") => confirm(minji, "code"),
            ("confirm_session", "code_invalid") => {
                confirm(&self.enrolled("codes"), "recovery_code")
            }
            ("change_password", "confirmation_required") => {
                let enrolled = self.enrolled("changes");
                Some(request(service, operation).bearer(&enrolled.token).send())
            }
            (_, "confirmation_required") => {
                service.sql().run("UPDATE sessions SET confirmed_at = 0");
                let reply = request(service, operation).bearer(&minji.token).send();
                service.confirm(&minji.token);
                Some(reply)
            }
            _ => None,
        }
    }

    /// Returns a new account with a second factor, whose session is not confirmed.
    fn enrolled(&self, name: &str) -> Account {
        let account = self.service.sign_up(name);
        let session = format!("FROM sessions WHERE user_id = '{}'", account.id);
        self.service.sql().run(&format!(
            "INSERT INTO second_factors (user_id, user_handle, version) SELECT user_id, token_hash, 0 {session}; \
             INSERT INTO totp_secrets (user_id, sealed_secret, created_at, enabled_at, session_id, expires_at, last_step) \
             SELECT user_id, token_hash, 1, 1, '', 0, 0 {session}; \
             UPDATE sessions SET confirmed_at = 0 WHERE user_id = '{}'",
            account.id
        ));
        account
    }
}
