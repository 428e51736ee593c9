//! A circuit breaker for the receiver of a channel: while it is unreachable, one probe message is
//! sent at growing intervals.

use std::time::Duration;

use tokio::time::Instant;

use super::profile::ChannelProfile;

/// The pauses before a probe, doubled from the first to the last. The last is short, because codes
/// expire within minutes, and one connection a minute is no load.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LAST_PAUSE: Duration = Duration::from_mins(1);

/// The state of the receiver that a delivery showed. The texts are causes for the log.
pub(super) enum Signal {
    /// The receiver responded.
    Reachable,
    /// No receiver could be reached.
    Unreachable(String),
    /// The receiver failed because of one message, or because of its own state.
    Doubtful(String),
    /// The channel was paused in the database, until a time or until it is resumed.
    Paused,
    /// The delivery showed nothing.
    None,
}

/// The circuit breaker. It is closed while messages can be sent.
pub(super) struct CircuitBreaker {
    profile: ChannelProfile,
    pause: Option<Duration>,
    until: Instant,
    /// `true` while the channel is paused in the database.
    is_paused: bool,
}

impl CircuitBreaker {
    /// A breaker that lets messages pass.
    pub(super) fn closed(profile: ChannelProfile) -> Self {
        Self {
            profile,
            pause: None,
            until: Instant::now(),
            is_paused: false,
        }
    }

    /// Returns whether messages pass without a probe.
    pub(super) const fn is_closed(&self) -> bool {
        self.pause.is_none() && !self.is_paused
    }

    /// Returns whether messages wait for a time or for the operator, not for the probe at hand.
    pub(super) fn is_open(&self) -> bool {
        self.is_paused || self.pause.is_some_and(|pause| !pause.is_zero())
    }

    /// Returns whether the channel is paused, as far as this process knows.
    pub(super) const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Returns how many messages may be in delivery: all, one probe, or none.
    pub(super) fn concurrency(&self) -> usize {
        match self.pause {
            _ if self.is_paused => 0,
            None => self.profile.concurrency,
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
                    self.log_reachable();
                }
            }
            Signal::Doubtful(_) if self.pause.is_none() => self.probe_now(),
            Signal::Doubtful(cause) | Signal::Unreachable(cause) => {
                if self.pause.is_none_or(|pause| pause.is_zero()) {
                    self.log_unreachable(&cause);
                }
                self.trip();
            }
            Signal::Paused => self.is_paused = true,
            Signal::None => {}
        }
    }

    fn log_reachable(&self) {
        let ChannelProfile { name, receiver, .. } = self.profile;
        let event = format!("{name}.reachable");
        tracing::info!(event, "{receiver} reachable; sending resumes");
    }

    fn log_unreachable(&self, cause: &str) {
        let ChannelProfile { name, receiver, .. } = self.profile;
        let event = format!("{name}.unreachable");
        tracing::warn!(
            event,
            cause,
            "{receiver} unreachable; messages wait and are retried"
        );
    }

    /// Follows a pause of the channel, which another replica or the operator may begin and end.
    /// After its end, one message probes at once whether the receiver accepts it.
    pub(super) fn follow(&mut self, is_paused: bool) {
        if self.is_paused && !is_paused {
            self.probe_now();
            let event = format!("{}.resumed", self.profile.name);
            tracing::info!(event, "messages are sent again");
        }
        self.is_paused = is_paused;
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
