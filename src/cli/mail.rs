//! `daemun mail`: whether mail leaves

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::Outcome;
use crate::{
    app,
    clock::{self, Clock},
    config::{Config, Options},
    domain::{
        account::{email::Email, ids::MessageId},
        language::Language,
    },
    mail::{Message, Topic},
};

/// `daemun mail …`
#[derive(Args)]
pub(super) struct MailCommand {
    #[command(subcommand)]
    pub(super) action: Action,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What can be done with mail.
#[derive(Subcommand)]
pub(super) enum Action {
    /// Send a test message at once and tell what the mail server said
    Test {
        /// Whom to send it to
        address: String,
    },
}

/// Does it.
pub(super) fn run(config: &Config, action: Action) -> Outcome {
    let Action::Test { address } = action;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(test(config, &address))
}

async fn test(config: &Config, address: &str) -> Outcome {
    if Email::parse(address).is_err() {
        return Err(format!("{address} is not an e-mail address").into());
    }
    let mailer = app::mailer(config)?.ok_or("there is no way to send mail: set DAEMUN_MAIL_URL")?;
    let now = Clock::system().now();
    let message = Message {
        id: MessageId::new(now, &clock::random()),
        recipient: address,
        language: Language::English,
        created_at: now,
        topic: Topic::Test,
    };
    let sent = mailer.send(&message).await;
    mailer.close_idle().await;
    match sent {
        Ok(answer) => {
            writeln!(io::stdout(), "handed over to {mailer}: {answer}")?;
            Ok(())
        }
        Err(failure) => Err(format!("not sent by {mailer}: {}", failure.in_full()).into()),
    }
}
