//! A crew of threads that estimate the strength of new passwords, at the priority of hashing and behind a bounded queue.
//!
//! An estimate takes 1 to 12 ms of processor time. At the priority of requests a flood of new passwords would slow every login.

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
    service::Error,
};

/// Passwords that may wait for each thread: about 1.5 s of the costliest estimates, less than hashing lets a request wait.
const WAITING_PER_THREAD: usize = 128;

/// When a request that found the queue full should come again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The threads' queue. They end when it is dropped.
pub struct Judge(SyncSender<Job>);

struct Job {
    password: NewPassword,
    username: String,
    email: String,
    answer: oneshot::Sender<bool>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Judge")
    }
}

impl Judge {
    /// Starts this many threads.
    pub fn start(threads: usize) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(threads * WAITING_PER_THREAD);
        let jobs = Arc::new(Mutex::new(jobs));
        for place in 0..threads {
            let jobs = Arc::clone(&jobs);
            let thread = thread::Builder::new().name(format!("judge-{place}"));
            thread.spawn(move || run(&jobs))?;
        }
        Ok(Self(queue))
    }

    /// Returns whether an attacker who knows the username and the email guesses the password soon.
    pub(crate) async fn is_common(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Result<bool, Error> {
        let (answer, judged) = oneshot::channel();
        let job = Job {
            password: password.clone(),
            username: username.to_owned(),
            email: email.to_owned(),
            answer,
        };
        self.0.try_send(job).map_err(|_full| Error::Overloaded {
            retry_after: RETRY_AFTER,
        })?;
        Ok(judged.await.map_err(|_panicked| Interrupted)?)
    }
}

fn run(jobs: &Mutex<Receiver<Job>>) {
    hash::lower_priority();
    loop {
        // The lock only decides which thread waits for the next job.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if job.answer.is_closed() {
            continue;
        }
        // A panic drops the answer, which fails one request.
        let _failed = panic::catch_unwind(AssertUnwindSafe(|| {
            let is_common = password_strength::is_common(&job.password, &job.username, &job.email);
            // The client may have gone away meanwhile.
            let _gone = job.answer.send(is_common);
        }));
    }
}
