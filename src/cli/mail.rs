//! `daemun mail …`: checks the mail configuration.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, block_on, with_config};
use crate::{
    app,
    clock::Clock,
    config::{Config, Options},
    domain::{
        account::{email::Email, ids::MessageId},
        language::Language,
    },
    mail::{Message, Topic},
    random,
    telemetry::Stream,
};

/// The arguments of `daemun mail`.
#[derive(Args)]
pub(super) struct MailCommand {
    #[command(subcommand)]
    action: MailAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun mail`.
#[derive(Subcommand)]
enum MailAction {
    /// Send a test message at once and print the mail server's response
    Test {
        /// Email address of the recipient
        address: String,
    },
}

impl MailCommand {
    pub(super) fn run(self) -> ExitCode {
        let MailAction::Test { address } = self.action;
        with_config(&self.options, Stream::Stderr, |config| {
            block_on(test(config, &address))
        })
    }
}

async fn test(config: &Config, address: &str) -> CommandResult {
    if Email::parse(address).is_err() {
        return Err(format!("{address} is not an email address").into());
    }
    let mailer = app::mailer(config)?.ok_or("mail is not configured: set DAEMUN_MAIL_URL")?;
    let now = Clock::system().now();
    let message = Message {
        id: MessageId::new(now, &random::bytes()),
        recipient: address,
        language: Language::English,
        created_at: now,
        topic: Topic::Test,
    };
    let sent = mailer.send(&message).await;
    mailer.close_idle().await;
    match sent {
        Ok(response) => {
            writeln!(io::stdout(), "sent through {mailer}: {response}")?;
            Ok(())
        }
        Err(error) => Err(format!("not sent through {mailer}: {}", error.in_full()).into()),
    }
}
