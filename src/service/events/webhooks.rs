//! Sends the events of the audit log to the operator's webhook, and manages those that wait.

use crate::{
    domain::{
        account::ids::EventId,
        event::{EventQuery, EventType, PublishedTypes},
        timestamp::Timestamp,
    },
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            events, outbox_pauses,
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
    /// The time since which webhooks are paused.
    pub paused_at: Option<Timestamp>,
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

/// The next part of a replay.
struct Part {
    events: Vec<EventId>,
    /// The last event that was looked at, unless this is the last part.
    next: Option<EventId>,
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

    /// Returns up to `limit` messages after this one.
    pub async fn list_webhooks(
        &self,
        after: Option<EventId>,
        limit: i64,
    ) -> Result<WebhookQueue, Error> {
        let listed = self.database.read(move |tx| {
            Ok::<_, StoreError>(WebhookQueue {
                messages: webhook_messages::list(tx, after, limit)?,
                paused_at: outbox_pauses::by_channel(tx, outbox_pauses::WEBHOOK)?,
            })
        });
        Ok(listed.await?)
    }

    /// Sends events again, whether the receiver accepted them or not. Returns their number.
    pub async fn replay_webhooks(&self, replay: Replay) -> Result<usize, Error> {
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
            let Part { events, next } = part.await?;
            total += events.len();
            if next.is_none() {
                return Ok(total);
            }
            after = next;
        }
    }

    /// Ends a pause of webhooks. Returns whether they were paused.
    pub async fn resume_webhooks(&self) -> Result<bool, Error> {
        Ok(self.webhooks.resume().await?)
    }
}

impl Replay {
    /// Returns the next events to send, after those of the last part.
    fn part(&self, tx: &mut Tx<'_>, after: Option<EventId>) -> Result<Part, StoreError> {
        match self {
            Self::Ids(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                let stored = events::list_by_ids(tx, &ids)?;
                let stored = stored.iter().filter_map(|one| EventId::parse(&one.id));
                Ok(Part {
                    events: stored.collect(),
                    next: None,
                })
            }
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
                })
            }
            Self::Expired => {
                let listed = webhook_messages::list(tx, after, BATCH)?;
                let next = listed.last().map(|message| message.id);
                let expired = listed.iter().filter(|message| message.is_expired);
                Ok(Part {
                    events: expired.map(|message| message.id).collect(),
                    next,
                })
            }
        }
    }
}
