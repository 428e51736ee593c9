//! The threads that compute; they must not know who asks or where a digest is stored.

use std::{
    any::Any,
    io,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use tokio::sync::watch;

use super::{format::Digest, job::Job, processor, queue::Queue};

/// A bcrypt implementation: cost, salt and a key of 1 to 72 bytes.
pub(super) type Bcrypt = Arc<dyn Fn(u32, [u8; 16], &[u8]) -> [u8; 24] + Send + Sync>;

/// Starts the worker of this place. `alive` is dropped when its thread has nothing left to do.
pub(super) fn start(
    place: usize,
    queue: Arc<Queue>,
    bcrypt: Bcrypt,
    alive: watch::Sender<()>,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(format!("hash-{place}"))
        .spawn(move || {
            lower_priority(place);
            // A panic drops the jobs at hand, which refuses them, and the worker begins afresh.
            while let Err(panic) =
                panic::catch_unwind(AssertUnwindSafe(|| work(place, &queue, &bcrypt)))
            {
                report(place, panic.as_ref());
            }
            drop(alive);
        })
}

fn work(place: usize, queue: &Queue, bcrypt: &Bcrypt) {
    while let Some(jobs) = queue.take(place, 0) {
        for job in jobs {
            compute(job, queue, bcrypt);
        }
    }
}

fn compute(job: Job, queue: &Queue, bcrypt: &Bcrypt) {
    let begin = Instant::now();
    let raw = bcrypt(job.cost, job.salt, job.key.as_bytes());
    queue.measured(job.rounds(), begin.elapsed());
    job.answer(Digest::of(&raw));
}

fn lower_priority(place: usize) {
    // What one worker is refused, all are: one line is enough.
    if let Err(error) = processor::give_way()
        && place == 0
    {
        tracing::warn!(%error, "hashing runs at normal priority: other requests may be slow while many people log in");
    }
}

fn report(place: usize, panic: &(dyn Any + Send)) {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        hash.worker = place,
        hash.panic = text.unwrap_or("no text"),
        "a hashing worker broke; its jobs are refused and it begins afresh"
    );
}
