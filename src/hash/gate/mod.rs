//! The gate of hashes of other systems: their own threads, beside the lanes of bcrypt, with bounded
//! memory and a bounded queue.

mod job;
mod queue;

use std::{
    fmt, io,
    num::NonZeroUsize,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::{Mutex, oneshot};

use super::{
    error::HashError,
    foreign::{ForeignHashError, ForeignSettings, GatedHash, ImportedHash, VerifiableHash},
    pool::cpu,
    statistics::GateStatistics,
    stored::StoredHash,
};
use job::GateJob;
use queue::{GateQueue, GateRejection};

/// The most threads. A verification keeps a CPU and its memory bandwidth busy.
const THREADS_MAX: usize = 4;

/// Verifies hashes of other systems. Clones share the threads, which end after the last clone is
/// dropped or [`ForeignGate::drain`] is called.
#[derive(Clone)]
pub struct ForeignGate(Arc<GateInner>);

struct GateInner {
    settings: ForeignSettings,
    queue: Arc<GateQueue>,
    deadline: Duration,
    threads: Mutex<Vec<GateThread>>,
}

struct GateThread {
    /// Closed when the thread ends. It never receives a value.
    end: oneshot::Receiver<()>,
    handle: JoinHandle<()>,
}

impl fmt::Debug for ForeignGate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ForeignGate")
    }
}

impl ForeignGate {
    /// Starts the threads: as many as there are CPUs, but at most four. `deadline` is the longest
    /// wait before a verification starts.
    ///
    /// # Errors
    /// If the operating system refuses a thread.
    pub fn start(
        settings: ForeignSettings,
        workers: Option<NonZeroUsize>,
        deadline: Duration,
    ) -> io::Result<Self> {
        let workers = workers.unwrap_or_else(cpu::worker_count).get();
        let queue = Arc::new(GateQueue::new(settings.memory));
        let threads: io::Result<Vec<_>> = (0..workers.min(THREADS_MAX))
            .map(|number| start_thread(number, Arc::clone(&queue)))
            .collect();
        // An error ends the threads that have started.
        let threads = threads.inspect_err(|_| queue.close())?;
        Ok(Self(Arc::new(GateInner {
            settings,
            queue,
            deadline,
            threads: Mutex::new(threads),
        })))
    }

    /// Returns the text to store for a password hash of this service or another system. It computes
    /// no hash.
    ///
    /// # Errors
    /// If the form is unknown, a cost is outside its bounds, or a setting is missing.
    pub fn recognize(&self, text: &str) -> Result<ImportedHash, ForeignHashError> {
        self.0.settings.recognize(text)
    }

    /// Returns whether a stored hash is of another system, so that our own should replace it.
    #[must_use]
    pub fn is_foreign(&self, stored: &str) -> bool {
        StoredHash::parse(stored).is_none() && self.parse(stored).is_ok()
    }

    /// Parses the stored text of a hash.
    pub(super) fn parse(&self, text: &str) -> Result<VerifiableHash, ForeignHashError> {
        self.0.settings.parse(text)
    }

    /// Returns whether it is a hash of this password, once a thread and the memory are free.
    pub(super) async fn verify(&self, hash: GatedHash, password: &str) -> Result<bool, HashError> {
        let (job, handle) = GateJob::new(hash, password);
        let queue = &self.0.queue;
        queue.submit(job).map_err(|rejection| match rejection {
            GateRejection::Full => self.overloaded(),
            GateRejection::Closed => HashError::Failed,
        })?;
        let start = tokio::time::timeout(self.0.deadline, handle.started);
        if start.await.is_err() {
            queue.record_shed();
            return Err(self.overloaded());
        }
        // The channel's error says only that the job is gone.
        handle.result.await.unwrap_or(Err(HashError::Failed))
    }

    /// Returns the load.
    #[must_use]
    pub fn statistics(&self) -> GateStatistics {
        self.0.queue.statistics()
    }

    /// Rejects new work, finishes the admitted work and ends the threads. It may be called again.
    pub async fn drain(&self) {
        self.0.queue.close();
        let mut threads = self.0.threads.lock().await;
        while let Some(thread) = threads.last_mut() {
            // It is always an error: nothing is ever sent.
            let _end = (&mut thread.end).await;
            let thread = threads.pop();
            if thread.is_some_and(|thread| thread.handle.join().is_err()) {
                tracing::error!(
                    event = "hash.worker_broke",
                    "a thread of the gate ended in a panic"
                );
            }
        }
    }

    fn overloaded(&self) -> HashError {
        let seconds = self.0.deadline.as_secs().max(1);
        HashError::Overloaded {
            retry_after: Duration::from_secs(seconds),
        }
    }
}

impl Drop for GateInner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn start_thread(number: usize, queue: Arc<GateQueue>) -> io::Result<GateThread> {
    let (alive, end) = oneshot::channel();
    let thread = thread::Builder::new().name(format!("hash-gate-{number}"));
    let handle = thread.spawn(move || {
        cpu::lower_priority();
        while let Some(job) = queue.take() {
            let memory = job.memory();
            let reply = job.run();
            queue.release(memory);
            reply();
        }
        drop(alive);
    })?;
    Ok(GateThread { end, handle })
}
