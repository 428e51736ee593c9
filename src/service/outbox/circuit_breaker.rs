//! Whether mail can leave: while no server can be reached one message is tried for all, at longer and longer intervals.

use std::time::Duration;

use tokio::time::Instant;

use crate::mail::SendError;

/// Messages that are on their way at the same time.
const AT_A_TIME: usize = 4;

/// Waits while no server can be reached: doubled from the first to the last, and then one message is tried for all. It is short,
/// because codes are good for minutes only, and because one connection a minute is no burden.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LAST_PAUSE: Duration = Duration::from_mins(1);

/// What sending a message told of the way out.
pub(crate) enum Sign {
    /// A server answered.
    Open,
    /// None could be reached.
    Shut(SendError),
    /// A server closed the connection over one message.
    Doubtful(SendError),
    /// Nothing.
    Nothing,
}

/// Whether the way out is open, and when it is worth another look where it is not.
pub(crate) struct Way {
    pause: Option<Duration>,
    until: Instant,
}

impl Way {
    /// Open, as far as is known.
    pub(crate) fn open() -> Self {
        Self {
            pause: None,
            until: Instant::now(),
        }
    }

    /// Whether messages pass that nobody waits for the fate of.
    pub(crate) const fn is_open(&self) -> bool {
        self.pause.is_none()
    }

    /// How many messages may be on their way: all, one that finds out, or none.
    pub(crate) fn width(&self) -> usize {
        match self.pause {
            None => AT_A_TIME,
            Some(_) if Instant::now() < self.until => 0,
            Some(_) => 1,
        }
    }

    /// When one message may find out whether it is open again.
    pub(crate) const fn opens_at(&self) -> Instant {
        self.until
    }

    /// Takes note of what sending a message told.
    pub(crate) fn note(&mut self, sign: Sign) {
        match sign {
            Sign::Open => {
                if self.pause.take().is_some_and(|pause| !pause.is_zero()) {
                    tracing::info!(event = "mail.reachable", "mail leaves again");
                }
            }
            Sign::Doubtful(_) if self.pause.is_none() => self.doubt(),
            Sign::Doubtful(failure) | Sign::Shut(failure) => {
                if self.pause.is_none_or(|pause| pause.is_zero()) {
                    tracing::warn!(event = "mail.unreachable", cause = %failure, "mail cannot leave; it waits, and is tried again");
                }
                self.shut();
            }
            Sign::Nothing => {}
        }
    }

    /// Lets one other message find out at once whether the server closes the connection over that one too.
    fn doubt(&mut self) {
        self.pause = Some(Duration::ZERO);
        self.until = Instant::now();
    }

    /// Others that set out before the way was shut find the same: only who found out later makes the wait longer.
    pub(crate) fn shut(&mut self) {
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
