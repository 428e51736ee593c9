//! `daemun webhook …`: manages the events that are sent to the webhook.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{ArgGroup, Args, Subcommand};

use super::runtime::{CommandResult, block_on, listed, with_config, with_service};
use crate::{
    app,
    clock::Clock,
    config::{self, Config, Options},
    domain::{
        account::ids::EventId,
        event::{Event, PublishedTypes},
        timestamp::Timestamp,
    },
    random,
    service::{ChannelPause, QueuedWebhook, Replay, ReplayResult, ResumedWebhooks, Service},
    telemetry::Stream,
    webhooks::OutgoingWebhook,
};

/// The number of messages that one query reads.
const PAGE: i64 = 500;

/// The type of the event that `daemun webhook test` sends. The audit log has none of it.
const TEST: &str = "webhook.test";

const NOT_CONFIGURED: &str = "webhooks are not configured: set DAEMUN_WEBHOOK_URL";

/// The arguments of `daemun webhook`.
#[derive(Args)]
pub(super) struct WebhookCommand {
    #[command(subcommand)]
    action: WebhookAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun webhook`.
#[derive(Subcommand)]
enum WebhookAction {
    /// List the events that wait for the receiver, and those that expired, as tab-separated values
    List,
    /// Send events of the audit log again, whether the receiver accepted them or not
    Replay(ReplayArgs),
    /// End a pause after a 410 or a `Retry-After`, and make the waiting events due now
    Resume,
    /// Send a test event at once and print the status of the receiver's response
    Test,
}

/// The arguments of `daemun webhook replay`.
#[derive(Args)]
#[command(group(ArgGroup::new("events").args(["ids", "since", "expired"]).required(true)))]
struct ReplayArgs {
    /// IDs of the events
    #[arg(value_name = "ID", value_parser = event_id)]
    ids: Vec<EventId>,
    /// Time of the earliest event: a duration before now such as `24h`, or a time such as
    /// `2026-11-22T00:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Type of the events, such as `user.deleted` or `user.*`; may be repeated
    /// [default: those of `DAEMUN_WEBHOOK_EVENTS`]
    #[arg(
        long = "type",
        value_name = "TYPE",
        conflicts_with_all = ["ids", "expired"],
        value_parser = event_types
    )]
    types: Vec<PublishedTypes>,
    /// Events that the receiver did not accept within three days
    #[arg(long)]
    expired: bool,
}

fn event_id(text: &str) -> Result<EventId, &'static str> {
    EventId::parse(text).ok_or("an ID that `daemun events list --json` shows")
}

fn since(text: &str) -> Result<Timestamp, &'static str> {
    let ago = config::duration(text).map(|ago| Clock::system().now().minus(ago));
    ago.or_else(|| Timestamp::parse(text))
        .ok_or("a duration such as 24h, or a time such as 2026-11-22T00:00:00Z")
}

fn event_types(text: &str) -> Result<PublishedTypes, &'static str> {
    PublishedTypes::parse(text).ok_or("a type of docs/audit.md, such as user.deleted or user.*")
}

impl WebhookCommand {
    pub(super) fn run(self) -> ExitCode {
        let Self { action, options } = self;
        with_config(&options, Stream::Stderr, |config| match action {
            WebhookAction::Test => {
                let result = block_on(test(config));
                // The test needs no database, and without one nothing is paused.
                let _noted = with_service(config, async |service| {
                    note_pause(service.webhook_pause().await?)
                });
                result
            }
            WebhookAction::List => with_service(config, async |service| {
                listed(list(service, &mut io::stdout().lock()).await)
            }),
            WebhookAction::Replay(arguments) => {
                let replay = arguments.replay(config)?;
                with_service(config, async |service| {
                    report(service.replay_webhooks(replay).await?)
                })
            }
            WebhookAction::Resume => with_service(config, resume),
        })
    }
}

impl ReplayArgs {
    fn replay(self, config: &Config) -> Result<Replay, &'static str> {
        let configured = config.webhooks.as_ref().ok_or(NOT_CONFIGURED)?;
        let types = if self.types.is_empty() {
            configured.types.clone()
        } else {
            self.types.into_iter().collect()
        };
        Ok(match self.since {
            Some(since) => Replay::Since(since, types),
            None if self.expired => Replay::Expired,
            None => Replay::Ids(self.ids),
        })
    }
}

async fn list(service: &Service, out: &mut impl Write) -> CommandResult {
    writeln!(
        out,
        "id\ttype\tstate\tattempts\tlast_status\tdue_at\texpires_at"
    )?;
    let mut after = None;
    loop {
        let queue = service.list_webhooks(after, PAGE).await?;
        if after.is_none() {
            note_pause(queue.pause)?;
        }
        for message in &queue.messages {
            writeln!(out, "{}", row(message))?;
        }
        match queue.messages.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

fn row(message: &QueuedWebhook) -> String {
    let state = if message.is_expired {
        "expired"
    } else {
        "waiting"
    };
    let last_status = message.last_status.map(|status| status.to_string());
    [
        message.id.to_string(),
        message.event_type.clone().unwrap_or_default(),
        state.to_owned(),
        message.attempts.to_string(),
        last_status.unwrap_or_default(),
        message.due_at.rfc3339(),
        message.expires_at.rfc3339(),
    ]
    .join("\t")
}

async fn resume(service: &Service) -> CommandResult {
    let ResumedWebhooks { pause, events } = service.resume_webhooks().await?;
    let mut out = io::stdout();
    match pause {
        Some(pause) => {
            let pause = text_of(pause);
            writeln!(out, "webhooks were paused {pause}; they are sent again")?;
        }
        None => writeln!(out, "webhooks were not paused")?,
    }
    if events > 0 {
        writeln!(out, "delayed events that are due now: {events}")?;
    }
    Ok(())
}

/// Prints the pause on standard error, if there is one.
fn note_pause(pause: Option<ChannelPause>) -> CommandResult {
    if let Some(pause) = pause {
        let pause = text_of(pause);
        writeln!(
            io::stderr(),
            "daemun: webhooks are paused {pause}; `daemun webhook resume` ends the pause"
        )?;
    }
    Ok(())
}

fn text_of(pause: ChannelPause) -> String {
    let since = pause.since.rfc3339();
    match pause.until {
        Some(until) => format!(
            "since {since} until {} after a response with Retry-After",
            until.rfc3339()
        ),
        None => format!("since {since} after a response of 410"),
    }
}

/// Prints the result of a replay.
fn report(result: ReplayResult) -> CommandResult {
    match result {
        ReplayResult::Enqueued(count) => {
            let noun = if count == 1 { "event" } else { "events" };
            writeln!(io::stdout(), "the running service sends {count} {noun}")?;
            Ok(())
        }
        ReplayResult::UnknownEvents(ids) => {
            let ids = ids.iter().map(ToString::to_string);
            let ids = ids.collect::<Vec<_>>().join(", ");
            Err(
                format!("no event is sent again: the audit log has no events of these ids: {ids}")
                    .into(),
            )
        }
    }
}

async fn test(config: &Config) -> CommandResult {
    let sender = app::webhook_sender(config)?.ok_or(NOT_CONFIGURED)?;
    let now = Clock::system().now();
    let event = Event::of_operator(EventId::new(now, &random::bytes()), TEST, now);
    let webhook = OutgoingWebhook {
        id: event.id.to_string(),
        body: app::webhook_body(event),
    };
    match sender.send(webhook, now).await {
        Ok(status) => {
            writeln!(io::stdout(), "sent to {sender}: status {status}")?;
            Ok(())
        }
        Err(error) => Err(format!("not sent to {sender}: {error}").into()),
    }
}
