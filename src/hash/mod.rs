//! Makes and checks password hashes on threads of its own, behind a bounded queue; it must not know accounts, requests or the
//! database.
//!
//! Formats: `$2b$` for passwords that bcrypt reads whole, and passlib's `$bcrypt-sha256$v=2,t=2b` for those over 72 bytes
//! (<https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html>), so nothing is ever cut off.

mod format;
mod job;
mod key;
mod processor;
mod queue;
mod worker;

#[cfg(test)]
mod tests;

use std::{
    error, fmt, io,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::{oneshot, watch};

use crate::clock;

use self::{
    format::{COSTS, Digest, Stored},
    job::{Job, Question},
    key::Key,
    queue::Queue,
    worker::Bcrypt,
};

/// How to hash. More settings may come: fill the rest from [`Settings::default`].
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Doublings of bcrypt's work, 4 to 15, for new hashes and for the work of a log-in that can't match.
    pub cost: u32,
    /// Worker threads; by default one a processor, one less under a quota of processor time of two or more.
    pub workers: Option<NonZeroUsize>,
    /// The longest wait before a computation begins; who would wait longer is refused at once.
    pub deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cost: 12,
            workers: None,
            deadline: Duration::from_secs(2),
        }
    }
}

/// Why nothing was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The wait would have been too long. No work was done.
    Overloaded {
        /// When to come again: whole seconds, at least one.
        retry_after: Duration,
    },
    /// The computation broke, or the service is stopping.
    Failed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overloaded { retry_after } => {
                write!(
                    formatter,
                    "too many log-ins at once; come again in {} s",
                    retry_after.as_secs()
                )
            }
            Self::Failed => formatter.write_str("the password hash could not be computed"),
        }
    }
}

impl error::Error for Refusal {}

/// Why hashing can't start.
#[derive(Debug)]
pub enum StartError {
    /// The cost is not within 4 to 15.
    Cost(u32),
    /// The system gives no thread.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost(cost) => {
                write!(
                    formatter,
                    "bcrypt cost {cost} is not within {} to {}",
                    COSTS.start(),
                    COSTS.end()
                )
            }
            Self::Thread(_) => formatter.write_str("cannot start a thread for hashing"),
        }
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Cost(_) => None,
            Self::Thread(error) => Some(error),
        }
    }
}

/// The hashing service; clones share it. It stops when the last clone is dropped, or in order with [`Hasher::drain`].
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    cost: u32,
    queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Ends when every worker has.
    alive: watch::Receiver<()>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hasher")
    }
}

impl Hasher {
    /// Starts the worker threads.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let reference: Bcrypt = Arc::new(bcrypt::bcrypt);
        Self::start_with(settings, &reference)
    }

    fn start_with(settings: Settings, bcrypt: &Bcrypt) -> Result<Self, StartError> {
        let Settings {
            cost,
            workers,
            deadline,
        } = settings;
        if !COSTS.contains(&cost) {
            return Err(StartError::Cost(cost));
        }
        let workers = workers.unwrap_or_else(processor::worker_count).get();
        let queue = Arc::new(Queue::new(workers, 1, first_guess(bcrypt), deadline));
        let (alive_sender, alive) = watch::channel(());
        let hasher = Self(Arc::new(Inner {
            cost,
            queue,
            threads: Mutex::default(),
            alive,
        }));
        for place in 0..workers {
            let queue = Arc::clone(&hasher.0.queue);
            let thread = worker::start(place, queue, Arc::clone(bcrypt), alive_sender.clone())
                .map_err(StartError::Thread)?;
            hasher
                .0
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(thread);
        }
        Ok(hasher)
    }

    /// The text to store for this password, under a fresh salt.
    pub async fn hash(&self, password: &str) -> Result<String, Refusal> {
        let (cost, salt) = (self.0.cost, clock::random());
        let (scheme, key) = format::new_key(password, &salt);
        let (caller, answer) = oneshot::channel();
        self.0.queue.submit(Job {
            key,
            salt,
            cost,
            question: Question::Digest(caller),
        })?;
        let digest = answered(answer).await?;
        Ok(Stored {
            scheme,
            cost,
            salt,
            digest,
        }
        .write())
    }

    /// Whether `stored` was made of this password. Where that can't be (the text is empty or damaged, or the password is one that
    /// its scheme could not have taken), the same work is done at the configured cost and the answer is no.
    pub async fn verify(&self, password: &str, stored: &str) -> Result<bool, Refusal> {
        let parsed = Stored::parse(stored);
        if parsed.is_none() && !stored.is_empty() {
            tracing::error!("a stored password hash is damaged; the log-in is refused");
        }
        let Some((stored, key)) =
            parsed.and_then(|stored| stored.key(password).map(|key| (stored, key)))
        else {
            self.dummy(password).await?;
            return Ok(false);
        };
        self.compare(key, stored).await
    }

    /// The work of a [`Hasher::verify`] for a log-in that can't match, so that its time tells nothing.
    pub async fn dummy(&self, password: &str) -> Result<(), Refusal> {
        let salt = clock::random();
        let (scheme, key) = format::new_key(password, &salt);
        let digest = Digest::unknown(clock::random());
        self.compare(
            key,
            Stored {
                scheme,
                cost: self.0.cost,
                salt,
                digest,
            },
        )
        .await
        .map(drop)
    }

    async fn compare(&self, key: Key, stored: Stored) -> Result<bool, Refusal> {
        let Stored {
            cost, salt, digest, ..
        } = stored;
        let (caller, answer) = oneshot::channel();
        self.0.queue.submit(Job {
            key,
            salt,
            cost,
            question: Question::IsIt(digest, caller),
        })?;
        answered(answer).await
    }

    /// Whether a password that matched should be hashed anew: the cost is lower than the configured one, or the scheme older.
    #[must_use]
    pub fn is_outdated(&self, stored: &str) -> bool {
        Stored::parse(stored).is_some_and(|stored| {
            stored.cost < self.0.cost || stored.scheme == format::Scheme::Older
        })
    }

    /// Whether every lane is in use, so that work that can wait (a new hash on log-in) had better be left out.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.queue.is_busy()
    }

    /// Refuses new work, finishes what was admitted and ends the threads. Calling it again waits for the same end.
    pub async fn drain(&self) {
        self.0.queue.close();
        let mut alive = self.0.alive.clone();
        while alive.changed().await.is_ok() {}
        let threads = std::mem::take(
            &mut *self
                .0
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for thread in threads {
            // The thread has let go of `alive` and has nothing left to do but to end.
            if thread.join().is_err() {
                tracing::error!("a hashing worker ended in a panic");
            }
        }
    }
}

/// The answer to a job; one that was dropped was refused.
async fn answered<T>(answer: oneshot::Receiver<Result<T, Refusal>>) -> Result<T, Refusal> {
    answer.await.unwrap_or(Err(Refusal::Failed))
}

/// The time of a round, measured on the cheapest hash: about a millisecond, and a tenth too high because of the set-up.
fn first_guess(bcrypt: &Bcrypt) -> Duration {
    let begin = Instant::now();
    std::hint::black_box(bcrypt(4, [0; 16], b"\0"));
    begin.elapsed() / (1 << 4)
}
