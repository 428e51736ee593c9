//! The faults of the settings, which name no secret.

use thiserror::Error;

/// One fault of a setting, as one line with the setting's name and an example.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    pub(super) fn new(fault: impl Into<String>) -> Self {
        Self(fault.into())
    }
}

/// All faults of the settings, one line each.
#[derive(Debug, Error)]
#[error("{}", .0.iter().map(ConfigError::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigErrors(pub(super) Vec<ConfigError>);
