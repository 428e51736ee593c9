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
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1);
    serde_json::from_str(&text).unwrap()
}
