//! The OpenAPI documents that are checked in.

use std::{fs, path::Path, sync::OnceLock};

use serde_json::Value;

/// Returns the text of the public listener's document that is checked in.
pub fn document_text() -> String {
    text("openapi/openapi.json")
}

/// Returns the text of the admin listener's document that is checked in.
pub fn admin_document_text() -> String {
    text("openapi/admin.json")
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Returns the admin listener's document that is checked in.
pub fn admin_document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(&admin_document_text()).unwrap())
}

/// Returns the public listener's document that is checked in.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(&document_text()).unwrap())
}
