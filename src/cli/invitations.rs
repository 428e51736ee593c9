//! `daemun invite …`: manages invitations.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand, ValueEnum, value_parser};

use super::{
    runtime::{CommandResult, listed, with_config, with_service},
    users,
};
use crate::{
    config::{self, Options},
    domain::{
        account::{
            email::Email,
            ids::InvitationId,
            roles::{Role, Roles},
        },
        credential::invitation::{Invitation, InvitationState},
        language::Language,
    },
    service::{Administrator, CreatedInvitation, Error, Invitees, NewInvitation, Service},
    telemetry::Stream,
};

/// The number of invitations that one query of the list reads.
const PAGE: i64 = 500;

/// The arguments of `daemun invite`.
#[derive(Args)]
pub(super) struct InviteCommand {
    #[command(subcommand)]
    action: InviteAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun invite`.
#[derive(Subcommand)]
enum InviteAction {
    /// Create an invitation to sign up and print its token once
    Create(CreateArgs),
    /// List all invitations, oldest first, as tab-separated values
    List,
    /// Revoke an invitation. Signups with it that wait for their verification are not completed
    Revoke {
        /// ID of the invitation, as `daemun invite list` shows it
        #[arg(value_parser = invitation_id)]
        id: InvitationId,
    },
}

/// The arguments of `daemun invite create`.
#[derive(Args)]
struct CreateArgs {
    /// Role of the accounts that sign up with the invitation; may be repeated, up to 32 times
    #[arg(long = "role", value_name = "ROLE", value_parser = users::role)]
    roles: Vec<Role>,

    /// Number of signups that may use the invitation
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        value_parser = value_parser!(i64).range(1..=Invitation::MAX_USES)
    )]
    uses: i64,

    /// Time for which the invitation is valid, 5m to 400d
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = life)]
    expires: Duration,

    /// Mail the invitation to this email address instead of printing it. It has one use, is valid
    /// for this address only and counts as its verification
    #[arg(long, value_name = "ADDRESS", conflicts_with = "uses", value_parser = email)]
    email: Option<Email>,

    /// Language of the mail
    #[arg(long, requires = "email", default_value = "en")]
    language: MailLanguage,
}

/// The languages of mails.
#[derive(Clone, Copy, ValueEnum)]
enum MailLanguage {
    En,
    Ko,
}

fn life(text: &str) -> Result<Duration, &'static str> {
    let life = config::duration(text).filter(|life| Invitation::LIFE.contains(life));
    life.ok_or("a duration from 5m to 400d, such as 7d")
}

fn email(text: &str) -> Result<Email, &'static str> {
    Email::parse(text).map_err(|_reason| "an email address, such as minji@example.com")
}

fn invitation_id(text: &str) -> Result<InvitationId, &'static str> {
    InvitationId::parse(text).ok_or("an ID that `daemun invite list` shows")
}

impl InviteCommand {
    pub(super) fn run(self) -> ExitCode {
        with_config(&self.options, Stream::Stderr, |config| {
            with_service(config, async |service| self.action.run(service).await)
        })
    }
}

impl InviteAction {
    async fn run(self, service: &Service) -> CommandResult {
        let mut out = io::stdout().lock();
        match self {
            Self::Create(arguments) => create(service, arguments, &mut out).await,
            Self::List => listed(list(service, &mut out).await),
            Self::Revoke { id } => {
                if !service
                    .revoke_invitation(&Administrator::Operator, id)
                    .await?
                {
                    return Err("no invitation has this ID, or it is revoked already".into());
                }
                writeln!(out, "revoked {id}")?;
                Ok(())
            }
        }
    }
}

async fn create(service: &Service, arguments: CreateArgs, out: &mut impl Write) -> CommandResult {
    let roles = Roles::new(&arguments.roles)
        .map_err(|_reason| format!("an account has at most {} roles", Roles::MAX))?;
    let language = match arguments.language {
        MailLanguage::En => Language::English,
        MailLanguage::Ko => Language::Korean,
    };
    let new = NewInvitation {
        invitees: match arguments.email {
            Some(email) => Invitees::Mailbox(email, language),
            None => Invitees::Holders(arguments.uses),
        },
        roles,
        life: arguments.expires,
    };
    let created = service
        .create_invitation(&Administrator::Operator, new)
        .await
        .map_err(explain)?;
    let CreatedInvitation { invitation, token } = &created;
    match (token, &invitation.email) {
        (Some(token), _) => writeln!(out, "{}", token.expose())?,
        (None, Some(email)) => writeln!(
            out,
            "the running service mails invitation {} to {}",
            invitation.id,
            email.as_str()
        )?,
        (None, None) => {}
    }
    Ok(())
}

async fn list(service: &Service, out: &mut impl Write) -> CommandResult {
    writeln!(
        out,
        "id\tstate\temail\troles\tuses\tuses_left\tcreated_at\texpires_at"
    )?;
    let mut after = None;
    loop {
        let page = service.list_invitations(after, PAGE).await?;
        for (invitation, state) in &page {
            writeln!(out, "{}", row(invitation, *state))?;
        }
        match page.last() {
            Some((last, _)) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

fn row(invitation: &Invitation, state: InvitationState) -> String {
    [
        invitation.id.to_string(),
        state.name().to_owned(),
        invitation
            .email
            .as_ref()
            .map(|email| email.as_str().to_owned())
            .unwrap_or_default(),
        invitation.roles.joined().to_owned(),
        invitation.uses.to_string(),
        invitation.uses_left.to_string(),
        invitation.created_at.rfc3339(),
        invitation.expires_at.rfc3339(),
    ]
    .join("\t")
}

/// Returns the message of an error for an operator.
fn explain(error: Error) -> Box<dyn std::error::Error> {
    if matches!(error, Error::MailNotConfigured) {
        return "mail is not configured: set DAEMUN_MAIL_URL".into();
    }
    error.into()
}
