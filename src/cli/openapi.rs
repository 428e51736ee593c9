//! `daemun openapi`

use std::io::{self, Write};

use super::Outcome;
use crate::http::openapi;

/// Prints the OpenAPI document.
pub(super) fn run() -> Outcome {
    io::stdout().write_all(openapi::printed(&openapi::document())?.as_bytes())?;
    Ok(())
}
