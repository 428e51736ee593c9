//! The filters of leaked passwords: the built-in one and the operator's own.

use super::error::StartError;
use crate::{config::Config, passwords::filter::PasswordFilter};

pub use crate::passwords::filter::{Entries, ListFormat};

/// Returns the built-in filter, and the operator's own.
pub(super) fn filters(config: &Config) -> Result<Vec<PasswordFilter>, StartError> {
    let built_in = PasswordFilter::built_in().map_err(StartError::BuiltInFilter)?;
    let mut filters = vec![built_in];
    if let Some(file) = &config.passwords.filter_file {
        let own = PasswordFilter::read(file);
        filters.push(own.map_err(|error| StartError::PasswordFilter(file.clone(), error))?);
    }
    Ok(filters)
}
