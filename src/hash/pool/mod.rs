//! A queue and the threads that compute its jobs.

pub(in crate::hash) mod cpu;
pub(in crate::hash) mod job;
pub(in crate::hash) mod kernel;
pub(in crate::hash) mod queue;
mod scheduler;
pub(in crate::hash) mod worker;

use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

use tokio::sync::{Mutex, oneshot};

use kernel::KernelFactory;
use queue::Queue;

/// Workers and their queue. When it is dropped, the threads finish the admitted jobs and end.
/// [`WorkerPool::drain`] waits for that end.
pub(in crate::hash) struct WorkerPool {
    queue: Arc<Queue>,
    threads: Mutex<Vec<PoolThread>>,
}

struct PoolThread {
    /// Closed when the thread has nothing left to do. It never receives a value.
    end: oneshot::Receiver<()>,
    handle: JoinHandle<()>,
}

impl WorkerPool {
    /// Starts the workers of the queue. Thread names are `name` and a number.
    pub(in crate::hash) fn start(
        name: &str,
        queue: Queue,
        new_kernel: &KernelFactory,
    ) -> io::Result<Self> {
        let mut pool = Self {
            queue: Arc::new(queue),
            threads: Mutex::default(),
        };
        for worker in 0..pool.queue.workers() {
            let (queue, new_kernel) = (Arc::clone(&pool.queue), Arc::clone(new_kernel));
            pool.spawn(format!("{name}-{worker}"), move || {
                worker::run(worker, &queue, &new_kernel);
            })?;
        }
        Ok(pool)
    }

    /// Starts another thread. [`WorkerPool::drain`] waits for it too.
    pub(in crate::hash) fn spawn(
        &mut self,
        name: String,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let (alive, end) = oneshot::channel();
        let handle = thread::Builder::new().name(name).spawn(move || {
            work();
            drop(alive);
        })?;
        self.threads.get_mut().push(PoolThread { end, handle });
        Ok(())
    }

    pub(in crate::hash) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Rejects new jobs, finishes the admitted ones and ends the threads. It may be called again.
    pub(in crate::hash) async fn drain(&self) {
        self.queue.close();
        let mut threads = self.threads.lock().await;
        while let Some(thread) = threads.last_mut() {
            // It is always an error: nothing is ever sent.
            let _end = (&mut thread.end).await;
            let is_sound = threads
                .pop()
                .is_none_or(|thread| thread.handle.join().is_ok());
            if !is_sound {
                tracing::error!(
                    event = "hash.worker_broke",
                    "a hashing thread ended in a panic"
                );
            }
        }
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.queue.close();
    }
}
