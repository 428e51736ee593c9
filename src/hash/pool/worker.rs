//! The loop of one hashing thread.

use std::{
    any::Any,
    iter,
    panic::{self, AssertUnwindSafe},
    time::Instant,
};

use super::{
    cpu,
    kernel::{Kernel, KernelFactory},
    queue::Queue,
};
use crate::hash::stored::Digest;

/// Computes the jobs that the queue assigns to this worker, until the queue is closed and empty.
pub(in crate::hash) fn run(worker: usize, queue: &Queue, new_kernel: &KernelFactory) {
    cpu::lower_priority();
    // A panic drops the jobs in progress, which fails them. The worker continues with a new kernel.
    while let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| {
        work(worker, queue, new_kernel().as_mut());
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
            // Before the replies: a client that sends its next login at once finds the lane free.
            queue.released(worker, kernel.len());
        }
        for (job, digest) in done {
            job.complete(Digest::of(&digest));
        }
    }
}

fn report(worker: usize, panic: &(dyn Any + Send)) {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        event = "hash.worker_broke",
        hash.worker = worker,
        hash.panic = text.unwrap_or("no text"),
        "a hashing worker panicked; its jobs failed and it continues with a new engine"
    );
}
