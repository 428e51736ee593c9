//! The export of everything that is stored about an account.

mod columns;
mod complete;
mod route;
mod values;

use serde_json::Value;

use crate::support::{Account, Service};

/// Returns the export of an account, by its owner.
fn exported(service: &Service, account: &Account) -> Value {
    let call = service.get("/me/export").bearer(&account.token);
    call.send().assert(200).json
}

/// Returns what `daemun user export` prints.
fn printed(service: &Service, name: &str) -> Value {
    let output = service.command().args(["user", "export", name]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        output.stdout.iter().filter(|byte| **byte == b'\n').count(),
        1
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
