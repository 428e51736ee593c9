//! Causes the codes that depend on the address of the request alone.

use super::gate::Gate;
use crate::support::Reply;

impl Gate {
    /// Causes a code that depends on the path or the query.
    pub(super) fn cause_by_address(&self, operation: &str, code: &str) -> Option<Reply> {
        let path = match (operation, code) {
            ("list_events", "validation_failed") => "/me/events?limit=0",
            ("list_events", "cursor_invalid") => "/me/events?cursor=none",
            ("get_problem_page", "not_found") => "/problems/nothing",
            _ => return None,
        };
        Some(self.service.get(path).bearer(&self.minji.token).send())
    }
}
