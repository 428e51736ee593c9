//! `daemun events …`: reads the audit log.

use std::{
    collections::HashMap,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::{ArgGroup, Args, Subcommand};
use tokio::time::sleep;

use super::{
    runtime::{CommandResult, listed, with_config, with_service},
    users,
};
use crate::{
    clock::Clock,
    config::{self, Options},
    domain::{
        account::ids::{EventId, UserId},
        event::{Event, EventQuery, EventType},
        timestamp::Timestamp,
    },
    http::EventResponse,
    service::Service,
    telemetry::Stream,
};

/// The number of events that one query reads.
const PAGE: i64 = 500;

/// The pause between two queries for new events.
const PAUSE: Duration = Duration::from_secs(1);

/// The time within which an event is committed after its id was created. Queries for new events go
/// back so far.
const LATENESS: Duration = Duration::from_secs(30);

/// The arguments of `daemun events`.
#[derive(Args)]
pub(super) struct EventsCommand {
    #[command(subcommand)]
    action: EventsAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun events`.
#[derive(Subcommand)]
enum EventsAction {
    /// List the security events of all accounts, oldest first, as tab-separated values
    List(ListEventsArgs),
}

/// The arguments of `daemun events list`.
#[derive(Args)]
#[command(group(ArgGroup::new("account").args(["user", "user_id"])))]
struct ListEventsArgs {
    /// Username or email address of the account that the events are about
    #[arg(long, value_name = "ACCOUNT")]
    user: Option<String>,
    /// ID of the account that the events are about, also after its deletion
    #[arg(long, value_name = "ID", value_parser = users::user_id)]
    user_id: Option<UserId>,
    /// Type of the events, such as `login.failed`; may be repeated
    #[arg(long = "type", value_name = "TYPE", value_parser = event_type)]
    types: Vec<EventType>,
    /// Time of the earliest event: a duration before now such as `24h`, or a time such as
    /// `2026-11-22T00:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// Go on with new events until the command is stopped
    #[arg(long)]
    follow: bool,
}

/// The events that were printed lately.
#[derive(Default)]
struct Printed(HashMap<EventId, Timestamp>);

fn event_type(name: &str) -> Result<EventType, &'static str> {
    EventType::parse(name).ok_or("a type of docs/audit.md, such as login.failed")
}

fn since(text: &str) -> Result<Timestamp, &'static str> {
    let ago = config::duration(text).map(|ago| Clock::system().now().minus(ago));
    ago.or_else(|| Timestamp::parse(text))
        .ok_or("a duration such as 24h, or a time such as 2026-11-22T00:00:00Z")
}

impl EventsCommand {
    pub(super) fn run(self) -> ExitCode {
        with_config(&self.options, Stream::Stderr, |config| {
            with_service(config, async |service| match self.action {
                EventsAction::List(arguments) => {
                    listed(arguments.run(service, &mut io::stdout()).await)
                }
            })
        })
    }
}

impl ListEventsArgs {
    async fn run(self, service: &Service, out: &mut impl Write) -> CommandResult {
        let user = match &self.user {
            Some(name) => Some(users::find(service, name).await?),
            None => self.user_id,
        };
        let mut query = EventQuery {
            user,
            types: self.types.clone(),
            since: self.since,
            limit: PAGE,
            ..EventQuery::default()
        };
        if !self.json {
            writeln!(out, "{}", COLUMNS.join("\t"))?;
        }
        let mut printed = Printed::default();
        loop {
            self.print_all(service, &query, &mut printed, out).await?;
            if !self.follow {
                return Ok(());
            }
            sleep(PAUSE).await;
            let from = Clock::system().now().minus(LATENESS);
            query.since = query.since.max(Some(from));
        }
    }

    /// Prints the events that a query finds, page by page, without those that were printed.
    async fn print_all(
        &self,
        service: &Service,
        query: &EventQuery,
        printed: &mut Printed,
        out: &mut impl Write,
    ) -> CommandResult {
        let mut after = EventId::earliest_at(Timestamp::from_micros(0));
        loop {
            let page = EventQuery {
                after: Some(after),
                ..query.clone()
            };
            let events = service.list_events(page).await?;
            let Some(last) = events.last() else {
                return Ok(out.flush()?);
            };
            after = last.id;
            for event in events {
                if printed.is_new(&event) {
                    self.print(event, out)?;
                }
            }
            printed.forget_before(Clock::system().now().minus(LATENESS));
        }
    }

    fn print(&self, event: Event, out: &mut impl Write) -> CommandResult {
        if self.json {
            serde_json::to_writer(&mut *out, &EventResponse::from(event))?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", row(event))?;
        }
        Ok(())
    }
}

impl Printed {
    /// Returns whether the event was not printed before.
    fn is_new(&mut self, event: &Event) -> bool {
        self.0.insert(event.id, event.at).is_none()
    }

    fn forget_before(&mut self, time: Timestamp) {
        self.0.retain(|_, at| *at >= time);
    }
}

const COLUMNS: [&str; 9] = [
    "at",
    "type",
    "actor",
    "user_id",
    "ip",
    "session_id",
    "request_id",
    "detail",
    "id",
];

fn row(event: Event) -> String {
    let detail = event
        .detail
        .map(|detail| serde_json::Value::from(detail).to_string());
    [
        Some(event.at.rfc3339()),
        Some(event.name),
        Some(event.actor),
        event.user_id,
        event.ip,
        event.session_id,
        event.request_id,
        detail,
        Some(event.id.to_string()),
    ]
    .map(Option::unwrap_or_default)
    .join("\t")
}
