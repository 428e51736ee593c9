//! Sends the events of the audit log to the operator's webhook, and manages those that wait.

use crate::{
    domain::{
        account::ids::EventId,
        event::{EventQuery, EventType, PublishedTypes},
        timestamp::Timestamp,
    },
    outbox::ResumedWebhooks,
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            events,
            outbox_pauses::{self, ChannelPause},
            webhook_messages::{self, QueuedWebhook},
        },
    },
};

/// The events that one transaction enqueues again.
const BATCH: i64 = 500;

/// A part of the messages that wait for the receiver, and of those that expired.
#[derive(Debug)]
pub struct WebhookQueue {
    /// The messages, in the order of their events.
    pub messages: Vec<QueuedWebhook>,
    /// The pause of webhooks that is in force.
    pub pause: Option<ChannelPause>,
}

/// The events of the audit log that are sent again.
#[derive(Clone, Debug)]
pub enum Replay {
    /// These events.
    Ids(Vec<EventId>),
    /// The events of these types from a time on.
    Since(Timestamp, PublishedTypes),
    /// The events that the receiver did not accept before they expired.
    Expired,
}

/// The result of a replay.
#[derive(Clone, Debug)]
pub enum ReplayResult {
    /// This many events are sent again.
    Enqueued(usize),
    /// None is: the audit log has no events of these ids.
    UnknownEvents(Vec<EventId>),
}

/// The next part of a replay.
struct Part {
    events: Vec<EventId>,
    /// The last event that was looked at, unless this is the last part.
    next: Option<EventId>,
    /// The ids of no event of the audit log. Then there are no events to send.
    unknown: Vec<EventId>,
}

impl Service {
    /// Sends events to the webhook until `stop` completes.
    pub async fn send_webhooks(self, stop: impl Future<Output = ()>) {
        self.webhooks.run_worker(stop).await;
    }

    /// Returns whether a receiver of webhooks is configured.
    #[must_use]
    pub fn has_webhooks(&self) -> bool {
        self.webhooks.is_enabled()
    }

    /// Returns the pause of webhooks that is in force.
    pub async fn webhook_pause(&self) -> Result<Option<ChannelPause>, Error> {
        let now = self.clock.now();
        let read = self
            .database
            .read(move |tx| outbox_pauses::by_channel(tx, outbox_pauses::WEBHOOK, now));
        Ok(read.await?)
    }

    /// Returns up to `limit` messages after this one.
    pub async fn list_webhooks(
        &self,
        after: Option<EventId>,
        limit: i64,
    ) -> Result<WebhookQueue, Error> {
        let now = self.clock.now();
        let listed = self.database.read(move |tx| {
            Ok::<_, StoreError>(WebhookQueue {
                messages: webhook_messages::list(tx, after, limit)?,
                pause: outbox_pauses::by_channel(tx, outbox_pauses::WEBHOOK, now)?,
            })
        });
        Ok(listed.await?)
    }

    /// Sends events again, whether the receiver accepted them or not. Enqueues none if an id is
    /// unknown.
    pub async fn replay_webhooks(&self, replay: Replay) -> Result<ReplayResult, Error> {
        let mut total = 0;
        let mut after = None;
        loop {
            let (replay, now) = (replay.clone(), self.clock.now());
            let part = self.database.write(move |tx| {
                let part = replay.part(tx, after)?;
                if !part.events.is_empty() {
                    webhook_messages::replay(tx, &part.events, now)?;
                }
                Ok::<_, StoreError>(part)
            });
            let Part {
                events,
                next,
                unknown,
            } = part.await?;
            if !unknown.is_empty() {
                return Ok(ReplayResult::UnknownEvents(unknown));
            }
            total += events.len();
            if next.is_none() {
                return Ok(ReplayResult::Enqueued(total));
            }
            after = next;
        }
    }

    /// Ends a pause of webhooks, and makes the waiting events due now.
    pub async fn resume_webhooks(&self) -> Result<ResumedWebhooks, Error> {
        Ok(self.webhooks.resume().await?)
    }
}

impl Replay {
    /// Returns the next events to send, after those of the last part.
    fn part(&self, tx: &mut Tx<'_>, after: Option<EventId>) -> Result<Part, StoreError> {
        match self {
            Self::Ids(ids) => Part::of_ids(tx, ids),
            Self::Since(since, types) => {
                let query = EventQuery {
                    types: types.iter().collect::<Vec<EventType>>(),
                    since: Some(*since),
                    after: after.or(Some(EventId::earliest_at(Timestamp::from_micros(0)))),
                    limit: BATCH,
                    ..EventQuery::default()
                };
                let found = events::list(tx, &query)?;
                let found: Vec<_> = found.iter().map(|event| event.id).collect();
                Ok(Part {
                    next: found.last().copied(),
                    events: found,
                    unknown: Vec::new(),
                })
            }
            Self::Expired => {
                let listed = webhook_messages::list(tx, after, BATCH)?;
                let next = listed.last().map(|message| message.id);
                let expired = listed.iter().filter(|message| message.is_expired);
                Ok(Part {
                    events: expired.map(|message| message.id).collect(),
                    next,
                    unknown: Vec::new(),
                })
            }
        }
    }
}

impl Part {
    /// Returns the events of these ids, or those that are unknown.
    fn of_ids(tx: &mut Tx<'_>, ids: &[EventId]) -> Result<Self, StoreError> {
        let names: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let stored = events::list_by_ids(tx, &names)?;
        let stored = stored.iter().filter_map(|one| EventId::parse(&one.id));
        let stored: Vec<_> = stored.collect();
        let unknown = ids.iter().filter(|id| !stored.contains(id));
        let unknown: Vec<_> = unknown.copied().collect();
        Ok(Self {
            events: if unknown.is_empty() {
                stored
            } else {
                Vec::new()
            },
            next: None,
            unknown,
        })
    }
}
