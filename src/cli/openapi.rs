//! `daemun openapi`: prints the OpenAPI documents.

use std::io::{self, Write};

use clap::Args;

use super::runtime::CommandResult;
use crate::http;

/// The arguments of `daemun openapi`.
#[derive(Args)]
pub(super) struct OpenapiCommand {
    /// Print the document of the admin listener
    #[arg(long)]
    admin: bool,
}

impl OpenapiCommand {
    /// Prints the OpenAPI document.
    pub(super) fn run(&self) -> CommandResult {
        let document = if self.admin {
            http::admin_openapi_document()
        } else {
            http::openapi_document()
        };
        io::stdout().write_all(document?.as_bytes())?;
        Ok(())
    }
}
