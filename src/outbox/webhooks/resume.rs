//! The end of a pause of webhooks, by the operator or by a start.

use super::WebhookOutbox;
use crate::{
    outbox::channel::LEASE,
    store::{
        StoreError,
        tables::{
            outbox_pauses::{self, ChannelPause},
            webhook_messages,
        },
    },
};

/// The messages that one transaction makes due.
const DUE_AT_ONCE: i64 = 500;

/// The webhooks that the operator resumed.
#[derive(Clone, Copy, Debug)]
pub struct ResumedWebhooks {
    /// The pause that ended, if there was one.
    pub pause: Option<ChannelPause>,
    /// The events that waited for a later time, and are due now.
    pub events: usize,
}

impl WebhookOutbox {
    /// Ends a pause of the channel at every replica, and makes the waiting messages due now.
    pub async fn resume(&self) -> Result<ResumedWebhooks, StoreError> {
        let state = &self.0.state;
        let (channel, now) = (outbox_pauses::WEBHOOK, state.clock.now());
        let ended = state
            .database
            .write(move |tx| outbox_pauses::delete(tx, channel, now));
        let pause = ended.await?;
        let mut events = 0;
        loop {
            let (now, leased) = (state.clock.now(), state.clock.now().plus(LEASE));
            let made_due = state
                .database
                .write(move |tx| webhook_messages::make_due(tx, now, leased, DUE_AT_ONCE));
            let count = made_due.await?;
            events += count;
            if i64::try_from(count).is_ok_and(|count| count < DUE_AT_ONCE) {
                return Ok(ResumedWebhooks { pause, events });
            }
        }
    }

    /// Ends a pause of the channel like [`WebhookOutbox::resume`]. Without one, messages keep their
    /// times.
    pub(super) async fn end_pause(&self) -> Result<Option<ChannelPause>, StoreError> {
        let state = &self.0.state;
        let now = state.clock.now();
        let read = state.database.read(move |tx| super::pause(tx, now));
        if read.await?.is_none() {
            return Ok(None);
        }
        Ok(self.resume().await?.pause)
    }
}
