//! Threads that estimate the strength of new passwords, at the priority of hashing and behind a
//! bounded queue.
//!
//! An estimate takes 1 to 12 ms of CPU time. At the priority of requests, a flood of new passwords
//! would slow every login.

use std::{
    fmt, io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    blocking::Interrupted,
    domain::credential::{password::NewPassword, password_strength},
    hash,
};

/// Passwords that may wait for each thread: about 1.5 s of the costliest estimates, less than a
/// request may wait for a hash.
const WAITING_PER_THREAD: usize = 128;

/// When to retry a request that found the queue full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An estimate was not made.
#[derive(Debug)]
pub(super) enum EstimateError {
    /// The queue is full.
    Overloaded { retry_after: Duration },
    /// The estimate panicked.
    Interrupted(Interrupted),
}

/// The queue of the threads. They end when it is dropped.
pub(super) struct StrengthEstimator(SyncSender<EstimateJob>);

struct EstimateJob {
    password: NewPassword,
    username: String,
    email: String,
    reply: oneshot::Sender<bool>,
}

impl fmt::Debug for StrengthEstimator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StrengthEstimator")
    }
}

impl StrengthEstimator {
    /// Starts this many threads.
    pub(super) fn start(threads: usize) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(threads * WAITING_PER_THREAD);
        let jobs = Arc::new(Mutex::new(jobs));
        for place in 0..threads {
            let jobs = Arc::clone(&jobs);
            let thread = thread::Builder::new().name(format!("strength-{place}"));
            thread.spawn(move || run(&jobs))?;
        }
        Ok(Self(queue))
    }

    /// Returns whether an attacker who knows the username and the email guesses the password soon.
    pub(super) async fn is_common(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Result<bool, EstimateError> {
        let (reply, estimate) = oneshot::channel();
        let job = EstimateJob {
            password: password.clone(),
            username: username.to_owned(),
            email: email.to_owned(),
            reply,
        };
        self.0
            .try_send(job)
            .map_err(|_full| EstimateError::Overloaded {
                retry_after: RETRY_AFTER,
            })?;
        estimate
            .await
            .map_err(|_panicked| EstimateError::Interrupted(Interrupted))
    }
}

fn run(jobs: &Mutex<Receiver<EstimateJob>>) {
    hash::lower_priority();
    loop {
        // The lock only decides which thread waits for the next job.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if job.reply.is_closed() {
            continue;
        }
        // A panic drops the reply, which fails one request.
        let _failed = panic::catch_unwind(AssertUnwindSafe(|| {
            let is_common = password_strength::is_common(&job.password, &job.username, &job.email);
            // The client may have disconnected meanwhile.
            let _gone = job.reply.send(is_common);
        }));
    }
}
