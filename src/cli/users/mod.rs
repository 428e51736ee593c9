//! `daemun user …`: manages accounts.

mod create;
mod export;
mod input;
mod list;
mod report;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, with_config, with_service};
use crate::{
    config::Options,
    domain::account::{
        ids::UserId,
        roles::{Role, Roles},
        user::User,
    },
    service::{Error, Service},
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
        account: AccountName,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print everything that is stored about an account as one JSON object, without its secrets
    Export(AccountName),
    /// List accounts, oldest first, as tab-separated values
    List(list::ListArgs),
    /// Disable an account and revoke its sessions
    Disable(AccountName),
    /// Enable a disabled account
    Enable(AccountName),
    /// Clear an account's failed logins, so that its owner can log in from any device at once
    Unlock(AccountName),
    /// Set an account's password, revoke its sessions, and forget its devices and failed logins;
    /// reads the password from the terminal or from standard input
    SetPassword(AccountName),
    /// Replace all roles of an account
    SetRoles {
        #[command(flatten)]
        account: AccountName,
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
        account: AccountName,
        /// The new JSON object of at most 4 KiB and 8 levels, or `-` to read it from standard input
        json: String,
    },
    /// Delete an account and all its data, after a question on the terminal
    Delete {
        #[command(flatten)]
        account: AccountName,
        /// Delete without a question
        #[arg(long)]
        yes: bool,
    },
    /// Mark an account's email address as verified
    VerifyEmail(AccountName),
    /// Revoke all sessions of an account
    EndSessions(AccountName),
    /// Remove an account's authenticator app, passkeys, recovery codes and trusted devices; its
    /// owner is notified by mail
    ResetSecondFactors {
        /// Username or email address of the account
        #[arg(required_unless_present = "unreadable")]
        name: Option<String>,
        /// Remove instead the authenticator apps of all accounts whose secret cannot be decrypted,
        /// after `DAEMUN_SECRET` was lost
        #[arg(long, conflicts_with = "name")]
        unreadable: bool,
    },
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
            Self::Show { account, json } => return show(service, &account.name, json).await,
            Self::Export(account) => return export::export(service, &account.name).await,
            Self::List(arguments) => return arguments.run(service, &mut io::stdout()).await,
            Self::Create(arguments) => arguments.run(service, min_length).await?,
            Self::SetPassword(account) => {
                let password = input::new_password(min_length)?;
                let name = username(service.set_password(&account.name, password).await)?;
                format!("replaced the password of {name} and revoked its sessions")
            }
            Self::SetRoles { account, roles, .. } => {
                set_roles(service, &account.name, &roles).await?
            }
            Self::SetMetadata { account, json } => {
                let metadata = input::metadata(&json)?;
                let name = username(service.set_metadata(&account.name, metadata).await)?;
                format!("replaced the metadata of {name}")
            }
            Self::Delete { account, yes } => delete(service, &account.name, yes).await?,
            Self::Disable(account) => set_disabled(service, &account.name, true).await?,
            Self::Enable(account) => set_disabled(service, &account.name, false).await?,
            Self::Unlock(account) => {
                let name = username(service.unlock(&account.name).await)?;
                format!("cleared the failed logins of {name}")
            }
            Self::VerifyEmail(account) => {
                let name = username(service.verify_email_by_hand(&account.name).await)?;
                format!("marked the email address of {name} as verified")
            }
            Self::ResetSecondFactors { name, .. } => {
                reset_second_factors(service, name.as_deref()).await?
            }
            Self::EndSessions(account) => end_sessions(service, &account.name).await?,
        };
        writeln!(io::stdout(), "{report}")?;
        Ok(())
    }
}

/// Returns the id of the account with this username or email.
pub(super) async fn find(service: &Service, name: &str) -> Result<UserId, String> {
    let user = service.find_account(name).await.map_err(input::explain)?;
    Ok(user.id)
}

fn username(result: Result<User, Error>) -> Result<String, String> {
    let user = result.map_err(input::explain)?;
    Ok(user.username.as_str().to_owned())
}

async fn show(service: &Service, name: &str, json: bool) -> CommandResult {
    let account = service.show_account(name).await.map_err(input::explain)?;
    let mut out = io::stdout().lock();
    if json {
        report::write_json(&account, &mut out)
    } else {
        report::write_text(&account, &mut out)
    }
}

async fn set_roles(service: &Service, name: &str, roles: &[Role]) -> Result<String, String> {
    let roles = Roles::new(roles).map_err(|_too_many| input::too_many_roles())?;
    let report = if roles.joined().is_empty() {
        String::from("no roles")
    } else {
        format!("the roles {}", roles.joined())
    };
    let name = username(service.set_roles(name, roles).await)?;
    Ok(format!("{name} has {report}"))
}

/// Removes the second factors of an account, or without a name the unreadable ones.
async fn reset_second_factors(service: &Service, name: Option<&str>) -> Result<String, String> {
    let Some(name) = name else {
        let removed = service.remove_unreadable_totp().await;
        let removed = removed.map_err(input::explain)?;
        return Ok(format!("removed {removed} authenticator apps"));
    };
    let (user, had_factor) = service
        .reset_second_factors(name)
        .await
        .map_err(input::explain)?;
    let name = user.username.as_str();
    Ok(if had_factor {
        format!("removed the second factors of {name}")
    } else {
        format!("{name} has no second factor")
    })
}

async fn end_sessions(service: &Service, name: &str) -> Result<String, String> {
    let count = service.end_sessions_of(name).await;
    Ok(format!(
        "revoked {} sessions",
        count.map_err(input::explain)?
    ))
}

async fn set_disabled(service: &Service, name: &str, disabled: bool) -> Result<String, String> {
    let name = username(service.set_disabled(name, disabled).await)?;
    Ok(if disabled {
        format!("disabled {name} and revoked its sessions")
    } else {
        format!("enabled {name}")
    })
}

/// Deletes an account, after a question unless the operator has confirmed it by a flag.
async fn delete(
    service: &Service,
    name: &str,
    is_confirmed: bool,
) -> Result<String, Box<dyn std::error::Error>> {
    let user = service.find_account(name).await.map_err(input::explain)?;
    if !is_confirmed {
        input::confirm_deletion(&user)?;
    }
    let deleted = service.remove_account(user.id).await;
    deleted.map_err(input::explain)?;
    Ok(format!("deleted {}", user.username.as_str()))
}
