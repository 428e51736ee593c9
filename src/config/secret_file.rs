//! Reads secrets from files, as orchestrators mount them; no error repeats a secret.

use std::{fs, io, path::Path};

use secrecy::SecretString;
use thiserror::Error;

/// The reason why a file yields no secret.
#[derive(Debug, Error)]
pub enum SecretFileError {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(String, io::Error),
    /// The file has only blanks.
    #[error("{0} holds nothing")]
    Empty(String),
    /// The file holds something other than an access token.
    #[error("{0} does not hold an access token")]
    NoAccessToken(String),
}

/// Reads a secret from its file.
pub(super) fn read(path: &Path) -> Result<String, SecretFileError> {
    match content(path)? {
        text if text.is_empty() => Err(SecretFileError::Empty(path.display().to_string())),
        text => Ok(text),
    }
}

/// Reads an OAuth 2 access token from its file.
pub fn oauth_token(path: &Path) -> Result<SecretString, SecretFileError> {
    let token = content(path)?;
    // RFC 6750, section 2.1.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || !token.bytes().all(is_token) {
        return Err(SecretFileError::NoAccessToken(path.display().to_string()));
    }
    Ok(token.into())
}

/// Returns what a file holds, without the byte order mark and the blank lines that editors leave
/// around it.
fn content(path: &Path) -> Result<String, SecretFileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').trim().to_owned()),
        Err(error) => Err(SecretFileError::Unreadable(
            path.display().to_string(),
            error,
        )),
    }
}
