//! `daemun user`: accounts, from the command line

use std::io::{self, BufRead, IsTerminal, Read, Write};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::Outcome;
use crate::{
    app,
    clock::Clock,
    config::{Config, Options},
    domain::{
        account::{email::Email, user::Credentials, username::Username},
        credential::password::NewPassword,
        invalid::Invalid,
        language::Language,
    },
    http::field_text,
    service::{Error, NewAccount, Service, Unique},
};

/// Accounts read in one go while listing.
const PAGE: i64 = 500;

/// Bytes of a password line that are read: more than the longest password has, each of its code points taken apart into four
/// of four bytes. What is cut off here is too long before and after.
const PASSWORD_LINE: u64 = 4 * (4 * 128 + 1);

/// `daemun user …`
#[derive(Args)]
pub(super) struct UserCommand {
    #[command(subcommand)]
    pub(super) action: Action,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What can be done with accounts. An account is named by its user name or its e-mail address.
#[derive(Subcommand)]
pub(super) enum Action {
    /// Make an account; the password is read from the terminal or from standard input
    Create {
        /// The user name
        username: String,
        /// The e-mail address
        email: String,
    },
    /// List all accounts, the oldest first, one a line with tabs between the columns
    List,
    /// Shut an account and end its sessions
    Disable {
        /// Its user name or e-mail address
        name: String,
    },
    /// Open an account again
    Enable {
        /// Its user name or e-mail address
        name: String,
    },
    /// Forgive an account's failed log-ins, so that its owner may log in again from any device at once
    Unlock {
        /// Its user name or e-mail address
        name: String,
    },
    /// Replace an account's password, end its sessions and forget its devices and failed log-ins; read from the terminal or from standard input
    SetPassword {
        /// Its user name or e-mail address
        name: String,
    },
    /// Delete an account and everything that is its own
    Delete {
        /// Its user name or e-mail address
        name: String,
    },
    /// Take your word that an account's owner reads its mailbox
    VerifyEmail {
        /// Its user name or e-mail address
        name: String,
    },
    /// End every session of an account
    EndSessions {
        /// Its user name or e-mail address
        name: String,
    },
}

/// Does it.
pub(super) fn run(config: &Config, action: Action) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let db = app::existing_database(config)?;
    let service = app::service(config, db, Clock::system())?;
    runtime.block_on(perform(&service, config.passwords.min_length, action))
}

async fn perform(service: &Service, password_min: usize, action: Action) -> Outcome {
    let mut out = io::stdout();
    match action {
        Action::Create { username, email } => {
            let username =
                Username::parse(&username).map_err(|reason| refused("user name", reason))?;
            let email = Email::parse(&email).map_err(|reason| refused("e-mail address", reason))?;
            let password = new_password(password_min)?;
            let user = service
                .create_account(NewAccount {
                    username,
                    email,
                    password,
                })
                .await
                .map_err(told)?;
            writeln!(out, "created {} ({})", user.username.as_str(), user.id)?;
        }
        Action::List => list(service, &mut out).await?,
        Action::Disable { name } => {
            let user = service.set_disabled(&name, true).await.map_err(told)?;
            writeln!(
                out,
                "disabled {} and ended its sessions",
                user.username.as_str()
            )?;
        }
        Action::Enable { name } => {
            let user = service.set_disabled(&name, false).await.map_err(told)?;
            writeln!(out, "enabled {}", user.username.as_str())?;
        }
        Action::Unlock { name } => {
            let user = service.unlock(&name).await.map_err(told)?;
            writeln!(
                out,
                "forgave the failed log-ins of {}",
                user.username.as_str()
            )?;
        }
        Action::SetPassword { name } => {
            let user = service
                .set_password(&name, new_password(password_min)?)
                .await
                .map_err(told)?;
            writeln!(
                out,
                "replaced the password of {} and ended its sessions",
                user.username.as_str()
            )?;
        }
        Action::Delete { name } => {
            let user = service.remove_account(&name).await.map_err(told)?;
            writeln!(out, "deleted {}", user.username.as_str())?;
        }
        Action::VerifyEmail { name } => {
            let user = service.verify_email_by_hand(&name).await.map_err(told)?;
            writeln!(out, "the address of {} is verified", user.username.as_str())?;
        }
        Action::EndSessions { name } => {
            let ended = service.end_sessions_of(&name).await.map_err(told)?;
            writeln!(out, "ended {ended} sessions")?;
        }
    }
    Ok(())
}

async fn list(service: &Service, out: &mut impl Write) -> Outcome {
    writeln!(
        out,
        "id\tusername\temail\temail_verified\tdisabled\tcreated_at"
    )?;
    let mut after = None;
    loop {
        let page = service.list_accounts(after, PAGE).await.map_err(told)?;
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

/// A new password from the terminal, asked twice, or the first line of standard input.
fn new_password(minimum: usize) -> Result<NewPassword, Box<dyn std::error::Error>> {
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
    NewPassword::parse(&password, minimum).map_err(|reason| refused("password", reason).into())
}

fn refused(what: &str, reason: Invalid) -> String {
    format!("{what}: {}", field_text(reason, Language::English))
}

/// A failure as an operator is told it.
fn told(error: Error) -> String {
    if let Error::PasswordRefused(reason) = error {
        return refused("password", reason);
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
