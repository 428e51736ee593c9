//! What each hashing thread does; it must not know who asks or where a digest is stored.

use std::{
    any::Any,
    iter,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Once},
    time::Instant,
};

use super::{cpu, queue::Queue};
use crate::hash::{
    engine::{Bcrypt, Kernel, Reference, calibration::LaneEngine},
    stored::Digest,
};

/// What a worker gets its kernel from, and gets a new one from after a panic.
#[derive(Clone)]
pub(in crate::hash) enum Source {
    /// Lanes if they are trusted, otherwise the reference.
    Lanes(Arc<LaneEngine>, Bcrypt),
    Reference(Bcrypt),
}

impl Source {
    fn kernel(&self) -> Box<dyn Kernel> {
        match self {
            Self::Lanes(implementation, _) if implementation.passes() => implementation.kernel(),
            Self::Lanes(_, bcrypt) | Self::Reference(bcrypt) => {
                Box::new(Reference::new(Arc::clone(bcrypt)))
            }
        }
    }
}

/// Works off what the queue has for this place, until it is closed and empty.
pub(in crate::hash) fn run(worker: usize, queue: &Queue, source: &Source) {
    lower_priority();
    // A panic drops the jobs at hand, which refuses them, and the worker begins afresh.
    while let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| {
        work(worker, queue, source.kernel().as_mut());
    })) {
        report(worker, panic.as_ref());
    }
}

fn work(worker: usize, queue: &Queue, kernel: &mut dyn Kernel) {
    while let Some(jobs) = queue.take(worker, kernel.len()) {
        for job in jobs {
            kernel.join(job);
        }
        kernel.drop_abandoned();
        let (begin, active) = (Instant::now(), kernel.len());
        let rounds = kernel.advance();
        queue.record_speed(active, rounds, begin.elapsed());
        let done: Vec<_> = iter::from_fn(|| kernel.retire()).collect();
        if !done.is_empty() {
            // Before the answers: who comes back at once with the next password finds the lane free that his first one had.
            queue.released(worker, kernel.len());
        }
        for (job, digest) in done {
            job.complete(Digest::of(&digest));
        }
    }
}

/// Lets other threads of the process go first, or tells once that the system does not allow it.
pub(in crate::hash) fn lower_priority() {
    static TOLD: Once = Once::new();
    if let Err(error) = cpu::lower_priority() {
        TOLD.call_once(|| {
            tracing::warn!(
                event = "hash.priority",
                %error,
                "hashing runs at normal priority: other requests may be slow while many people log in"
            );
        });
    }
}

fn report(worker: usize, panic: &(dyn Any + Send)) {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        event = "hash.worker_broke",
        hash.worker = worker,
        hash.panic = text.unwrap_or("no text"),
        "a hashing worker broke; its jobs are refused and it begins afresh"
    );
}
