//! `daemun user …`: manages accounts.

mod create;
mod export;
mod import;
mod input;
mod list;
mod manage;
mod report;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, listed, with_config, with_service};
use crate::{
    config::Options,
    domain::account::{ids::UserId, roles::Role},
    service::{AccountName, Service},
    telemetry::Stream,
};

pub(super) use input::{role, user_id};

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
    Create(create::CreateUserArgs),
    /// Show an account: its data, status, lockout, last login and number of sessions
    Show {
        #[command(flatten)]
        account: NamedAccount,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print everything that is stored about an account as one JSON object, without its secrets
    Export(NamedAccount),
    /// Import accounts of another system with the hashes of their passwords, from JSON lines
    Import(import::ImportArgs),
    /// List accounts, oldest first, as tab-separated values
    List(list::ListArgs),
    /// Disable an account and revoke its sessions
    Disable(NamedAccount),
    /// Enable a disabled account
    Enable(NamedAccount),
    /// Clear an account's failed logins, so that its owner can log in from any device at once
    Unlock(NamedAccount),
    /// Set an account's password, revoke its sessions, and forget its devices and failed logins;
    /// reads the password from the terminal or from standard input
    SetPassword(NamedAccount),
    /// Replace all roles of an account
    SetRoles {
        #[command(flatten)]
        account: NamedAccount,
        /// The new roles: up to 32 of lower-case letters, digits, `_`, `.`, `:` and `-`
        #[arg(required_unless_present = "none", value_name = "ROLE", value_parser = input::role)]
        roles: Vec<Role>,
        /// Remove all roles
        #[arg(long, conflicts_with = "roles")]
        none: bool,
    },
    /// Replace the metadata of an account
    SetMetadata {
        #[command(flatten)]
        account: NamedAccount,
        /// The new JSON object of at most 4 KiB and 8 levels, or `-` to read it from standard input
        json: String,
    },
    /// Delete an account and all its data, after a question on the terminal
    Delete {
        #[command(flatten)]
        account: NamedAccount,
        /// Delete without a question
        #[arg(long)]
        yes: bool,
    },
    /// Mark an account's email address as verified
    VerifyEmail(NamedAccount),
    /// Revoke all sessions of an account
    EndSessions(NamedAccount),
    /// Remove an account's authenticator app, passkeys, recovery codes and trusted devices; its
    /// owner is notified by mail
    ResetSecondFactors {
        /// Username or email address of the account
        #[arg(required_unless_present = "unreadable", value_parser = account_name)]
        name: Option<AccountName>,
        /// Remove instead the authenticator apps of all accounts whose secret cannot be decrypted,
        /// after `DAEMUN_SECRET` was lost
        #[arg(long, conflicts_with = "name")]
        unreadable: bool,
    },
}

#[derive(Args)]
struct NamedAccount {
    /// Username or email address of the account
    #[arg(value_parser = account_name)]
    name: AccountName,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the parser of an argument may fail"
)]
fn account_name(text: &str) -> Result<AccountName, std::convert::Infallible> {
    Ok(AccountName::of(text))
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
            Self::Show { account, json } => {
                return manage::show(service, &account.name, json).await;
            }
            Self::Export(account) => return export::export(service, &account.name).await,
            Self::Import(arguments) => return arguments.run(service, min_length).await,
            Self::List(arguments) => {
                return listed(arguments.run(service, &mut io::stdout()).await);
            }
            Self::Create(arguments) => arguments.run(service, min_length).await?,
            Self::SetPassword(account) => {
                let password = input::new_password(min_length)?;
                manage::set_password(service, &account.name, password).await?
            }
            Self::SetRoles { account, roles, .. } => {
                manage::set_roles(service, &account.name, &roles).await?
            }
            Self::SetMetadata { account, json } => {
                let metadata = input::metadata(&json)?;
                manage::set_metadata(service, &account.name, metadata).await?
            }
            Self::Delete { account, yes } => manage::delete(service, &account.name, yes).await?,
            Self::Disable(account) => manage::set_disabled(service, &account.name, true).await?,
            Self::Enable(account) => manage::set_disabled(service, &account.name, false).await?,
            Self::Unlock(account) => manage::unlock(service, &account.name).await?,
            Self::VerifyEmail(account) => manage::verify_email(service, &account.name).await?,
            Self::ResetSecondFactors { name, .. } => {
                manage::reset_second_factors(service, name.as_ref()).await?
            }
            Self::EndSessions(account) => manage::end_sessions(service, &account.name).await?,
        };
        writeln!(io::stdout(), "{report}")?;
        Ok(())
    }
}

/// Returns the id of the account with this username or email.
pub(super) async fn find(service: &Service, name: &str) -> Result<UserId, String> {
    let found = service.find_account(&AccountName::of(name)).await;
    let user = found.map_err(input::explain)?;
    Ok(user.id)
}
