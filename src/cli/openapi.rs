//! `daemun openapi`: prints the OpenAPI document.

use std::io::{self, Write};

use super::runtime::CommandResult;
use crate::http;

/// Prints the OpenAPI document.
pub(super) fn run() -> CommandResult {
    io::stdout().write_all(http::openapi_document()?.as_bytes())?;
    Ok(())
}
