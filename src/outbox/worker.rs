//! The worker that sends the messages of a channel in batches, and resolves requests for messages
//! while no message is due.
//!
//! A batch costs one commit to lease it and one to record its outcomes, however many messages it
//! has. Under load that is a small part of the cost of each message.

use std::{fmt::Display, future::ready, pin::pin, sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};

use super::{
    channel::{Channel, Delivery},
    circuit_breaker::CircuitBreaker,
    leases::Leases,
    outcomes::Outcomes,
};
use crate::store::StoreError;

/// The interval at which the worker looks for messages of other replicas and for retries.
const POLL: Duration = Duration::from_secs(2);

/// The longest time that requests for messages wait while messages are due and the breaker is
/// closed: a long queue of messages does not starve them.
const FAIRNESS: Duration = Duration::from_secs(10);

/// Sends messages until `stop` completes, then finishes the deliveries in flight. `resolve` turns
/// requests into messages, and returns the number of requests.
pub(super) async fn run<C: Channel, E: Display>(
    channel: C,
    resolve: impl AsyncFn() -> Result<usize, E>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let enqueued = Arc::clone(&channel.state().enqueued);
    let mut worker = Worker::new(channel);
    loop {
        worker.advance(&resolve).await;
        let next_step_at = worker.next_step_at();
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = worker.deliveries.join_next() => worker.finish_delivery(ended),
            () = enqueued.notified(), if !worker.is_batching => worker.begin_batch(),
            () = sleep_until(next_step_at) => {}
        }
    }
    worker.finish().await;
}

/// Messages between the outbox and the receiver.
struct Worker<C: Channel> {
    channel: C,
    breaker: CircuitBreaker,
    leases: Leases<C>,
    deliveries: JoinSet<Delivery<C::Id>>,
    outcomes: Outcomes<C>,
    poll_at: Instant,
    /// `true` while a batch comes together: more messages are known to wait.
    is_batching: bool,
    /// `true` if messages may wait for which there was no room.
    has_more: bool,
    /// When requests for messages were resolved last.
    resolved_at: Instant,
}

impl<C: Channel> Worker<C> {
    fn new(channel: C) -> Self {
        let now = Instant::now();
        Self {
            outcomes: Outcomes::new(channel.state().database.clone()),
            channel,
            breaker: CircuitBreaker::closed(C::PROFILE),
            leases: Leases::none(),
            deliveries: JoinSet::new(),
            poll_at: now,
            is_batching: false,
            has_more: false,
            resolved_at: now,
        }
    }

    /// Does what is due. No batch is leased before the outcomes of the last one are recorded.
    async fn advance<E: Display>(&mut self, resolve: &impl AsyncFn() -> Result<usize, E>) {
        if Instant::now() >= self.outcomes.flush_at() {
            self.outcomes.flush().await;
        }
        let is_next = self.leases.is_empty() && self.outcomes.is_empty();
        if is_next
            && Instant::now() >= self.poll_at
            && let Err(error) = self.poll(resolve).await
        {
            self.breaker.trip();
            let channel = C::PROFILE.name;
            tracing::warn!(%error, channel, "the outbox could not be read; messages wait");
        }
        if Instant::now() >= self.leases.start_by() {
            self.has_more |= !self.leases.is_empty();
            self.release();
        }
        while self.deliveries.len() < self.breaker.concurrency()
            && let Some(message) = self.leases.pop()
        {
            self.deliveries.spawn(self.channel.clone().deliver(message));
        }
        let is_open = self.breaker.is_open();
        self.channel.state().meters.set_breaker(is_open);
    }

    fn next_step_at(&self) -> Instant {
        match (self.outcomes.is_empty(), self.leases.is_empty()) {
            (true, true) => self.poll_at,
            (true, false) => self.leases.start_by(),
            (false, _) => self.outcomes.flush_at(),
        }
    }

    /// Lets a batch come together. Further notifications do not wake the worker meanwhile.
    fn begin_batch(&mut self) {
        self.is_batching = true;
        self.poll_at = self.poll_at.min(Instant::now() + C::PROFILE.batching);
    }

    /// Leases a batch, or one probe while the breaker is open.
    async fn poll<E: Display>(
        &mut self,
        resolve: &impl AsyncFn() -> Result<usize, E>,
    ) -> Result<(), StoreError> {
        self.poll_at = Instant::now() + POLL;
        let probe_at = self.breaker.probe_at();
        let is_full = self.deliveries.len() >= self.breaker.concurrency();
        if is_full && !self.breaker.is_paused() {
            if probe_at > Instant::now() {
                self.poll_at = probe_at;
            }
            self.has_more |= self.is_batching;
            self.resolve_requests(resolve, true).await;
            return Ok(());
        }
        (self.is_batching, self.has_more) = (false, false);
        self.clear_notifications().await;
        let state = self.channel.state();
        let now = state.clock.now();
        let read = state.database.read(move |tx| {
            let is_paused = C::is_paused(tx, now)?;
            Ok::<_, StoreError>((is_paused, !is_paused && C::has_due(tx, now)?))
        });
        let (is_paused, has_due) = read.await?;
        self.breaker.follow(is_paused);
        self.resolve_requests(resolve, has_due).await;
        if has_due {
            let limit = if self.breaker.is_closed() {
                C::PROFILE.batch
            } else {
                1
            };
            self.has_more = self.leases.claim(&self.channel, limit).await?;
            return Ok(());
        }
        if self.deliveries.is_empty() {
            self.channel.close_idle().await;
        }
        Ok(())
    }

    /// Resolves requests for messages while no message is due: messages go first. While the breaker
    /// is closed, requests wait for that no longer than [`FAIRNESS`]. While it is open, they wait,
    /// and the codes that they lead to keep their whole life.
    async fn resolve_requests<E: Display>(
        &mut self,
        resolve: &impl AsyncFn() -> Result<usize, E>,
        has_due: bool,
    ) {
        let is_overdue = self.breaker.is_closed() && self.resolved_at.elapsed() >= FAIRNESS;
        if has_due && !is_overdue {
            return;
        }
        self.resolved_at = Instant::now();
        match resolve().await {
            Ok(0) => {}
            Ok(_) => self.poll_at = Instant::now(),
            Err(error) => {
                let channel = C::PROFILE.name;
                tracing::warn!(%error, channel, "requests for messages could not be resolved; they are retried");
            }
        }
    }

    /// Clears a notification that came before this poll, which finds the message of it.
    async fn clear_notifications(&self) {
        tokio::select! {
            biased;
            () = self.channel.state().enqueued.notified() => {}
            () = ready(()) => {}
        }
    }

    /// Notes the outcome of a delivery. Where it trips the breaker, leased messages are released;
    /// otherwise there is room for others now.
    fn finish_delivery(&mut self, ended: Result<Delivery<C::Id>, JoinError>) {
        let Delivery { ended, signal } = match ended {
            Ok(delivery) => delivery,
            Err(error) => return tracing::error!(%error, "a delivery was aborted"),
        };
        self.breaker.record(signal);
        if let Some((id, ending)) = ended {
            self.channel.state().meters.count(ending);
            self.outcomes.push(id, ending);
        }
        if !self.breaker.is_closed() {
            self.has_more |= !self.leases.is_empty();
            self.release();
        }
        if self.has_more && self.breaker.concurrency() > 0 {
            self.poll_at = Instant::now();
        }
        if self.deliveries.is_empty() && self.leases.is_empty() {
            self.outcomes.hurry();
        }
    }

    fn release(&mut self) {
        self.leases.release(&self.channel, &mut self.outcomes);
    }

    /// Waits for the deliveries in flight, and for a database that is away for a short time.
    async fn finish(mut self) {
        self.release();
        self.outcomes.flush().await;
        while let Some(ended) = self.deliveries.join_next().await {
            self.finish_delivery(ended);
            self.outcomes.flush().await;
        }
        self.outcomes.flush_all().await;
        self.channel.close_idle().await;
    }
}
