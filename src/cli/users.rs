//! `daemun user …`: manages accounts.

use std::{
    io::{self, BufRead, IsTerminal, Read, Write},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::runtime::{CommandResult, with_config, with_service};
use crate::{
    config::Options,
    domain::{
        account::{
            email::Email,
            user::{Credentials, User},
            username::Username,
        },
        credential::password::NewPassword,
        invalid::Invalid,
        language::Language,
    },
    http::field_text,
    service::{Error, NewAccount, Service, Unique},
    telemetry::Stream,
};

/// The number of accounts that one query of the list reads.
const PAGE: i64 = 500;

/// The maximum number of bytes read of a password line. The longest password has 128 code points,
/// each decomposed into at most four of four bytes. A longer line is too long cut and uncut.
const PASSWORD_LINE: u64 = 4 * (4 * 128 + 1);

/// The arguments of `daemun user`.
#[derive(Args)]
pub(super) struct UserCommand {
    #[command(subcommand)]
    action: UserAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun user`. A username or an email address names the account.
#[derive(Subcommand)]
enum UserAction {
    /// Create an account; reads the password from the terminal or from standard input
    Create {
        /// Username of the account
        username: String,
        /// Email address of the account
        email: String,
    },
    /// List all accounts, oldest first, as tab-separated values
    List,
    /// Disable an account and revoke its sessions
    Disable(AccountName),
    /// Enable a disabled account
    Enable(AccountName),
    /// Clear an account's failed logins, so that its owner can log in from any device at once
    Unlock(AccountName),
    /// Set an account's password, revoke its sessions, and forget its devices and failed logins;
    /// reads the password from the terminal or from standard input
    SetPassword(AccountName),
    /// Delete an account and all its data
    Delete(AccountName),
    /// Mark an account's email address as verified
    VerifyEmail(AccountName),
    /// Revoke all sessions of an account
    EndSessions(AccountName),
}

#[derive(Args)]
struct AccountName {
    /// Username or email address of the account
    name: String,
}

impl UserCommand {
    pub(super) fn run(self) -> ExitCode {
        with_config(&self.options, Stream::Stderr, |config| {
            let min_length = config.passwords.min_length;
            with_service(config, async |service| {
                self.action.run(service, min_length).await
            })
        })
    }
}

impl UserAction {
    async fn run(self, service: &Service, min_length: usize) -> CommandResult {
        let report = match self {
            Self::Create { username, email } => {
                let user = create(service, &username, &email, min_length).await?;
                format!("created {} ({})", user.username.as_str(), user.id)
            }
            Self::List => return list(service, &mut io::stdout()).await,
            Self::Disable(account) => {
                let name = username(service.set_disabled(&account.name, true).await)?;
                format!("disabled {name} and revoked its sessions")
            }
            Self::Enable(account) => {
                let name = username(service.set_disabled(&account.name, false).await)?;
                format!("enabled {name}")
            }
            Self::Unlock(account) => {
                let name = username(service.unlock(&account.name).await)?;
                format!("cleared the failed logins of {name}")
            }
            Self::SetPassword(account) => {
                let password = new_password(min_length)?;
                let name = username(service.set_password(&account.name, password).await)?;
                format!("replaced the password of {name} and revoked its sessions")
            }
            Self::Delete(account) => {
                let name = username(service.remove_account(&account.name).await)?;
                format!("deleted {name}")
            }
            Self::VerifyEmail(account) => {
                let name = username(service.verify_email_by_hand(&account.name).await)?;
                format!("marked the email address of {name} as verified")
            }
            Self::EndSessions(account) => {
                let count = service.end_sessions_of(&account.name).await;
                format!("revoked {} sessions", count.map_err(explain)?)
            }
        };
        writeln!(io::stdout(), "{report}")?;
        Ok(())
    }
}

fn username(result: Result<User, Error>) -> Result<String, String> {
    let user = result.map_err(explain)?;
    Ok(user.username.as_str().to_owned())
}

async fn create(
    service: &Service,
    username: &str,
    email: &str,
    min_length: usize,
) -> Result<User, Box<dyn std::error::Error>> {
    let username = Username::parse(username).map_err(|reason| invalid("username", reason))?;
    let email = Email::parse(email).map_err(|reason| invalid("email address", reason))?;
    let account = NewAccount {
        username,
        email,
        password: new_password(min_length)?,
    };
    Ok(service.create_account(account).await.map_err(explain)?)
}

async fn list(service: &Service, out: &mut impl Write) -> CommandResult {
    writeln!(
        out,
        "id\tusername\temail\temail_verified\tdisabled\tcreated_at"
    )?;
    let mut after = None;
    loop {
        let page = service.list_accounts(after, PAGE).await.map_err(explain)?;
        for Credentials { user, disabled, .. } in &page {
            let (username, email, created) = (
                user.username.as_str(),
                user.email.as_str(),
                user.created_at.rfc3339(),
            );
            writeln!(
                out,
                "{}\t{username}\t{email}\t{}\t{disabled}\t{created}",
                user.id, user.email_verified
            )?;
        }
        match page.last() {
            Some(last) => after = Some(last.user.id),
            None => return Ok(()),
        }
    }
}

/// Reads a new password: twice from a terminal, else from the first line of standard input.
fn new_password(min_length: usize) -> Result<NewPassword, Box<dyn std::error::Error>> {
    let password = if io::stdin().is_terminal() {
        let password = Zeroizing::new(rpassword::prompt_password("New password: ")?);
        if password != Zeroizing::new(rpassword::prompt_password("Again: ")?) {
            return Err("the two passwords differ".into());
        }
        password
    } else {
        let mut line = Zeroizing::new(String::new());
        io::stdin()
            .lock()
            .take(PASSWORD_LINE)
            .read_line(&mut line)?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    NewPassword::parse(&password, min_length).map_err(|reason| invalid("password", reason).into())
}

fn invalid(field: &str, reason: Invalid) -> String {
    format!("{field}: {}", field_text(reason, Language::English))
}

/// Returns the message of an error for an operator.
fn explain(error: Error) -> String {
    if let Error::PasswordRefused(reason) = error {
        return invalid("password", reason);
    }
    let Error::Taken(taken_keys) = error else {
        return error.to_string();
    };
    let reasons = taken_keys.iter().map(|unique| match unique {
        Unique::Username => field_text(Invalid::UsernameTaken, Language::English),
        Unique::Email => field_text(Invalid::EmailTaken, Language::English),
        Unique::IdempotencyKey | Unique::ServiceKeyName | Unique::Random => {
            "A value that must be unique is in use."
        }
    });
    reasons.collect::<Vec<_>>().join(" ")
}
