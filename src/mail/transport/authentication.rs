//! Logging in to a mail server, by password or by an OAuth 2 access token.

use std::{path::PathBuf, time::Duration};

use lettre::transport::smtp::{
    self,
    authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism},
    client::AsyncSmtpConnection,
    commands::Auth,
    response::Response,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use crate::{
    blocking,
    config::{self, MailSecret, SmtpCredentials},
    mail::error::{SendError, SendErrorKind},
};

/// The hint if the server rejects an access token.
const EXPIRED: &str =
    "the token in DAEMUN_MAIL_OAUTH_TOKEN_FILE has expired, or is not for this user and scope";

/// Logs in. Each command has `deadline` to finish.
pub(super) async fn log_in(
    connection: &mut AsyncSmtpConnection,
    credentials: &SmtpCredentials,
    deadline: Duration,
) -> Result<(), SendError> {
    let SmtpCredentials { user, secret } = credentials;
    match secret {
        MailSecret::Password(password) => {
            let credentials = lettre_credentials(user, password);
            let logging_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
            reply_to("AUTH", deadline, logging_in).await?;
        }
        MailSecret::TokenFile(path) => {
            let token = read_token(path.clone()).await?;
            let logging_in = log_in_by_token(connection, lettre_credentials(user, &token));
            let logged_in = reply_to("AUTH XOAUTH2", deadline, logging_in).await;
            logged_in.map_err(|error| error.with_hint(EXPIRED))?;
        }
    }
    Ok(())
}

/// Warns of a token file that cannot be used. Another program renews the file, so it must not keep
/// the service or a command from starting.
pub(super) fn warn_of_unusable_token(credentials: &SmtpCredentials) {
    if let MailSecret::TokenFile(path) = &credentials.secret
        && let Err(error) = config::oauth_token(path)
    {
        tracing::warn!(
            event = "mail.token_unusable",
            "DAEMUN_MAIL_OAUTH_TOKEN_FILE: {error}; no mail is sent until the file holds a valid token"
        );
    }
}

fn lettre_credentials(user: &str, secret: &SecretString) -> Credentials {
    Credentials::new(user.to_owned(), secret.expose_secret().to_owned())
}

async fn read_token(path: PathBuf) -> Result<SecretString, SendError> {
    let error = match blocking::run(move || config::oauth_token(&path)).await {
        Ok(Ok(token)) => return Ok(token),
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    Err(SendError::settings(
        "AUTH",
        format!("DAEMUN_MAIL_OAUTH_TOKEN_FILE: {error}"),
    ))
}

/// Logs in with Google's XOAUTH2, which Microsoft 365 supports too. Some servers explain a
/// rejection first, and reject after an empty line.
async fn log_in_by_token(
    connection: &mut AsyncSmtpConnection,
    credentials: Credentials,
) -> Result<Response, smtp::Error> {
    let response = connection
        .command(Auth::new(Mechanism::Xoauth2, credentials, None)?)
        .await?;
    if response.has_code(334) {
        return connection.command("\r\n").await;
    }
    Ok(response)
}

/// Awaits a step before the server has the recipient, so that its error is not the message's.
pub(super) async fn reply_to<T>(
    step: &'static str,
    deadline: Duration,
    reply: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, SendError> {
    timeout(deadline, reply)
        .await
        .map_err(|_elapsed| SendError::timeout(SendErrorKind::Unreachable, step))?
        .map_err(|error| SendError::before_recipient(step, &error))
}
