//! `daemun openapi`

use std::io::{self, Write};

use super::Outcome;
use crate::http;

/// Prints the OpenAPI document.
pub(super) fn run() -> Outcome {
    io::stdout().write_all(http::openapi_document()?.as_bytes())?;
    Ok(())
}
