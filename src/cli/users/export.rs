//! `daemun user export`

use std::io::{self, Write};

use super::{input, report};
use crate::{
    cli::runtime::CommandResult,
    http::ExportText,
    service::{AccountName, Service},
};

/// Prints everything that is stored about an account, as one JSON object on one line.
pub(super) async fn export(service: &Service, name: &AccountName) -> CommandResult {
    let exported = service.export_account(name).await.map_err(input::explain)?;
    let mut text = ExportText::new(service.clone(), exported);
    let mut out = io::stdout();
    while let Some(part) = text.next().await? {
        out.write_all(report::escaped(&part).as_bytes())?;
    }
    writeln!(out)?;
    Ok(())
}
