//! `POST /email/verify` for accounts that exist already.

mod mails;
mod proofs;
mod session;

use std::time::Duration;

use serde_json::Value;

use crate::support::{Reply, TestService};

const MINUTE: Duration = Duration::from_mins(1);

fn verify(service: &TestService, body: &Value) -> Reply {
    service.post("/email/verify", body).send()
}
