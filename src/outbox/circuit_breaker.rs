//! A circuit breaker for the mail server: while it is unreachable, one probe message is sent at
//! growing intervals.

use std::time::Duration;

use tokio::time::Instant;

use crate::mail::SendError;

/// Messages in delivery at the same time.
const CONCURRENCY: usize = 4;

/// The pauses before a probe, doubled from the first to the last. The last is short, because codes
/// expire within minutes, and one connection a minute is no load.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LAST_PAUSE: Duration = Duration::from_mins(1);

/// The state of the server that a delivery showed.
pub(super) enum Signal {
    /// The server responded.
    Reachable,
    /// No server could be reached.
    Unreachable(SendError),
    /// The server closed the connection because of one message.
    Doubtful(SendError),
    /// The delivery showed nothing.
    None,
}

/// The circuit breaker. It is closed while mail can be sent.
pub(super) struct CircuitBreaker {
    pause: Option<Duration>,
    until: Instant,
}

impl CircuitBreaker {
    /// A breaker that lets messages pass.
    pub(super) fn closed() -> Self {
        Self {
            pause: None,
            until: Instant::now(),
        }
    }

    /// Returns whether messages pass without a probe.
    pub(super) const fn is_closed(&self) -> bool {
        self.pause.is_none()
    }

    /// Returns how many messages may be in delivery: all, one probe, or none.
    pub(super) fn concurrency(&self) -> usize {
        match self.pause {
            None => CONCURRENCY,
            Some(_) if Instant::now() < self.until => 0,
            Some(_) => 1,
        }
    }

    /// Returns when a probe may be sent.
    pub(super) const fn probe_at(&self) -> Instant {
        self.until
    }

    /// Records the outcome of a delivery.
    pub(super) fn record(&mut self, signal: Signal) {
        match signal {
            Signal::Reachable => {
                if self.pause.take().is_some_and(|pause| !pause.is_zero()) {
                    tracing::info!(
                        event = "mail.reachable",
                        "mail server reachable; sending resumes"
                    );
                }
            }
            Signal::Doubtful(_) if self.pause.is_none() => self.probe_now(),
            Signal::Doubtful(failure) | Signal::Unreachable(failure) => {
                if self.pause.is_none_or(|pause| pause.is_zero()) {
                    tracing::warn!(event = "mail.unreachable", cause = %failure, "mail server unreachable; messages wait and are retried");
                }
                self.trip();
            }
            Signal::None => {}
        }
    }

    /// Lets one other message probe at once whether the server closes the connection again.
    fn probe_now(&mut self) {
        self.pause = Some(Duration::ZERO);
        self.until = Instant::now();
    }

    /// Opens the breaker. Deliveries already in flight when the breaker trips also fail; only a
    /// failed probe doubles the pause.
    pub(super) fn trip(&mut self) {
        let now = Instant::now();
        let longer = match self.pause {
            None => FIRST_PAUSE,
            Some(pause) if now >= self.until => (pause * 2).clamp(FIRST_PAUSE, LAST_PAUSE),
            Some(_) => return,
        };
        self.pause = Some(longer);
        self.until = now + longer;
    }
}
