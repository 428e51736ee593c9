//! The codes that depend on the confirmation of a session.

use serde_json::json;

use super::{by_second_factor::enable_totp, gate::Gate, request::request};
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
            // Its ceremony comes first.
            ("register_passkey", "confirmation_required") => None,
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
        enable_totp(&self.service, &account.token);
        self.service
            .sql()
            .run("UPDATE sessions SET confirmed_at = 0");
        self.service.confirm(&self.minji.token);
        account
    }
}
