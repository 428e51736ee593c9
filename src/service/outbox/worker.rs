//! Takes what waits in the outbox, a batch at a time, sends it and writes down what became of it, and resolves requests for mail where
//! no message is due; it must not know how one message is sent.
//!
//! A batch costs one commit to take and one to write down, however many messages it has: under load that is a small part of what
//! each of them costs, and an idle service waits no longer than a moment for another message to come along.

use std::{collections::VecDeque, future::ready, pin::pin, time::Duration};

use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep, sleep_until},
};

use super::{
    circuit_breaker::Way,
    delivery::{Delivery, LEASE, RENEWAL},
};
use crate::{
    domain::account::ids::MessageId,
    service::{Error, Service},
    store::tables::outbox::{self, ClaimedBatch, DeliveryResult, OutboxMessage},
};

/// Messages that are taken at a time.
const BATCH: usize = 32;

/// How long the first message of a batch waits for others.
const GATHERING: Duration = Duration::from_millis(200);

/// How often the outbox is looked into for what other replicas wrote and for what has to be tried again.
const POLL: Duration = Duration::from_secs(2);

/// How long what became of a message stays unwritten while others are on their way: what a process dies with in that time is sent
/// again.
const UNWRITTEN: Duration = Duration::from_millis(50);

/// How long after it was taken a message may set out: its lease has to last until it is renewed.
const PATIENCE: Duration = LEASE.saturating_sub(RENEWAL.saturating_mul(2));

/// How long requests for mail wait at most while messages are due and mail leaves: a long queue of messages does not starve them.
const FAIRNESS: Duration = Duration::from_secs(10);

/// How often, and after which waits, it is tried before a stop to write down what became of messages.
const SETTLING_TRIES: u32 = 12;
const SETTLING_WAIT: Duration = Duration::from_secs(5);

impl Service {
    /// Whether there is a way to send mail. Without one nothing is written into the outbox.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.0.mailer.is_some()
    }

    /// Tells the sender that a message was written. It looks by itself every other second too: this only saves the wait.
    pub(crate) fn mail_is_waiting(&self) {
        self.0.mail_waiting.notify_one();
    }

    /// Sends what waits until `stop` comes to pass, and then what is on its way. Returns at once where there is no way out.
    pub async fn send_mail(self, stop: impl Future<Output = ()>) {
        if !self.has_mail() {
            return;
        }
        let mut stop = pin!(stop);
        let mut relay = Relay::new(self);
        loop {
            relay.advance().await;
            let next_step_at = relay.next_step_at();
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = relay.sends.join_next() => relay.note(ended),
                () = relay.accounts.0.mail_waiting.notified(), if !relay.is_gathering => relay.gather(),
                () = sleep_until(next_step_at) => {}
            }
        }
        relay.finish().await;
    }
}

/// Messages between the outbox and the way out.
struct Relay {
    accounts: Service,
    way: Way,
    /// Taken, and not on their way yet.
    taken: VecDeque<OutboxMessage>,
    taken_at: Instant,
    sends: JoinSet<Delivery>,
    /// What became of messages, since when, and is not written down yet.
    ended: Vec<(Instant, MessageId, DeliveryResult)>,
    look_at: Instant,
    /// Whether it is known that others wait.
    is_gathering: bool,
    /// Whether others may wait that there was no room for.
    has_more: bool,
    write_at: Instant,
    /// When requests for mail were resolved last.
    resolved_at: Instant,
}

impl Relay {
    fn new(accounts: Service) -> Self {
        let now = Instant::now();
        Self {
            accounts,
            way: Way::open(),
            taken: VecDeque::new(),
            taken_at: now,
            sends: JoinSet::new(),
            ended: Vec::new(),
            look_at: now,
            is_gathering: false,
            has_more: false,
            write_at: now,
            resolved_at: now,
        }
    }

    /// Does what is due. Nothing is taken before it is written down what became of what was taken before.
    async fn advance(&mut self) {
        if Instant::now() >= self.write_at {
            self.settle().await;
        }
        let is_next = self.taken.is_empty() && self.ended.is_empty();
        if is_next
            && Instant::now() >= self.look_at
            && let Err(error) = self.take().await
        {
            self.way.shut();
            tracing::warn!(%error, "the outbox could not be looked into; mail waits");
        }
        if self.taken_at.elapsed() >= PATIENCE {
            self.has_more |= !self.taken.is_empty();
            self.give_back();
        }
        while self.sends.len() < self.way.width()
            && let Some(message) = self.taken.pop_front()
        {
            self.sends.spawn(self.accounts.clone().deliver(message));
        }
    }

    fn next_step_at(&self) -> Instant {
        match (self.ended.is_empty(), self.taken.is_empty()) {
            (true, true) => self.look_at,
            (true, false) => self.taken_at + PATIENCE,
            (false, _) => self.write_at,
        }
    }

    /// Lets a batch come together. Nobody wakes the relay meanwhile.
    fn gather(&mut self) {
        self.is_gathering = true;
        self.look_at = self.look_at.min(Instant::now() + GATHERING);
    }

    /// Takes a batch, or the one message that finds out whether mail can leave again.
    async fn take(&mut self) -> Result<(), Error> {
        let opens_at = self.way.opens_at();
        self.look_at = Instant::now() + POLL;
        if self.sends.len() >= self.way.width() {
            if opens_at > Instant::now() {
                self.look_at = opens_at;
            }
            self.has_more |= self.is_gathering;
            self.resolve(true).await;
            return Ok(());
        }
        let limit = if self.way.is_open() { BATCH } else { 1 };
        (self.is_gathering, self.has_more) = (false, false);
        self.forget_calls().await;
        self.taken_at = Instant::now();
        let now = self.accounts.0.clock.now();
        let has_due = self
            .accounts
            .read(move |tx| outbox::has_due(tx, now))
            .await?;
        self.resolve(has_due).await;
        if !has_due {
            if let Some(mailer) = &self.accounts.0.mailer
                && self.sends.is_empty()
            {
                mailer.close_idle().await;
            }
            return Ok(());
        }
        let (until, most) = (now.plus(LEASE), i64::try_from(limit).unwrap_or(1));
        let ClaimedBatch {
            messages,
            unreadable,
        } = self
            .accounts
            .write(move |tx| Ok(outbox::claim(tx, now, until, most)?))
            .await?;
        self.has_more = messages.len() + unreadable.len() == limit;
        for error in unreadable {
            tracing::error!(event = "mail.unreadable", %error, "a message in the outbox cannot be read; it ends as failed");
        }
        self.taken.extend(messages);
        Ok(())
    }

    /// Resolves requests for mail where no message is due: messages go first. While mail leaves, requests wait no longer than
    /// [`FAIRNESS`] for that; while it cannot, they wait, and the codes that they lead to keep their whole life.
    async fn resolve(&mut self, has_due: bool) {
        let is_overdue = self.way.is_open() && self.resolved_at.elapsed() >= FAIRNESS;
        if has_due && !is_overdue {
            return;
        }
        self.resolved_at = Instant::now();
        match self.accounts.resolve_requests().await {
            Ok(0) => {}
            Ok(_) => self.look_at = Instant::now(),
            Err(error) => {
                tracing::warn!(%error, "requests for mail could not be resolved; they are tried again");
            }
        }
    }

    /// Forgets who called up to now: what he wrote is found by the look that follows.
    async fn forget_calls(&self) {
        tokio::select! {
            biased;
            () = self.accounts.0.mail_waiting.notified() => {}
            () = ready(()) => {}
        }
    }

    /// What has not set out yet is given back where the way turns out to be shut. Otherwise there is room for others now.
    fn note(&mut self, ended: Result<Delivery, JoinError>) {
        let Delivery { ended, sign } = match ended {
            Ok(delivery) => delivery,
            Err(error) => return tracing::error!(%error, "sending a message broke off"),
        };
        self.way.note(sign);
        self.put_down(ended);
        if !self.way.is_open() {
            self.has_more |= !self.taken.is_empty();
            self.give_back();
        }
        if self.has_more && self.way.width() > 0 {
            self.look_at = Instant::now();
        }
        if self.sends.is_empty() && self.taken.is_empty() {
            self.write_at = Instant::now();
        }
    }

    fn give_back(&mut self) {
        let due_at = self.accounts.0.clock.now();
        while let Some(OutboxMessage { id, attempts, .. }) = self.taken.pop_front() {
            self.put_down(Some((id, DeliveryResult::Retry { attempts, due_at })));
        }
    }

    fn put_down(&mut self, ended: Option<(MessageId, DeliveryResult)>) {
        if self.ended.is_empty() {
            self.write_at = Instant::now() + UNWRITTEN;
        }
        let now = Instant::now();
        self.ended
            .extend(ended.map(|(id, ending)| (now, id, ending)));
    }

    /// Writes down what became of messages; what cannot be written now stays, and is tried again. What is to be sent again is left
    /// to its lease then: another may have it by the time that the database is back.
    async fn settle(&mut self) {
        self.ended.retain(|(since, _, ending)| {
            matches!(ending, DeliveryResult::Final(_)) || since.elapsed() < RENEWAL
        });
        if self.ended.is_empty() {
            return;
        }
        let ended: Vec<_> = self.ended.iter().map(|&(_, id, end)| (id, end)).collect();
        let written = self
            .accounts
            .write(move |tx| Ok(outbox::record(tx, &ended)?));
        match written.await {
            Ok(()) => self.ended.clear(),
            Err(error) => {
                self.write_at = Instant::now() + SETTLING_WAIT;
                tracing::warn!(%error, "what became of a message could not be written down; it is tried again");
            }
        }
    }

    /// Waits for what is on its way, and for a database that is away for a short time.
    async fn finish(mut self) {
        self.give_back();
        self.settle().await;
        while let Some(ended) = self.sends.join_next().await {
            self.note(ended);
            self.settle().await;
        }
        for _try in 0..SETTLING_TRIES {
            if self.ended.is_empty() {
                break;
            }
            self.settle().await;
            if !self.ended.is_empty() {
                sleep(SETTLING_WAIT).await;
            }
        }
        if let Some(mailer) = &self.accounts.0.mailer {
            mailer.close_idle().await;
        }
    }
}
