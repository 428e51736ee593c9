//! A queue with the threads that work it off; it must not know what is asked of them.

pub(in crate::hash) mod cpu;
pub(in crate::hash) mod job;
pub(in crate::hash) mod queue;
pub(in crate::hash) mod worker;

use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

use tokio::sync::{Mutex, oneshot};

use self::{queue::Queue, worker::Source};

/// Workers and their queue. They end when this is dropped, after what was admitted, or in order with [`WorkerPool::drain`].
pub(in crate::hash) struct WorkerPool {
    queue: Arc<Queue>,
    threads: Mutex<Vec<WorkerThread>>,
}

struct WorkerThread {
    /// Answers nothing, and ends when the thread has nothing left to do.
    end: oneshot::Receiver<()>,
    handle: JoinHandle<()>,
}

impl WorkerPool {
    /// Starts one worker for each place of the queue, threads called by this name and a number.
    pub(in crate::hash) fn start(name: &str, queue: Queue, source: &Source) -> io::Result<Self> {
        let mut pool = Self {
            queue: Arc::new(queue),
            threads: Mutex::default(),
        };
        for worker in 0..pool.queue.workers() {
            let (queue, source) = (Arc::clone(&pool.queue), source.clone());
            pool.spawn(format!("{name}-{worker}"), move || {
                worker::run(worker, &queue, &source);
            })?;
        }
        Ok(pool)
    }

    /// Starts a thread that is waited for like a worker.
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
        self.threads.get_mut().push(WorkerThread { end, handle });
        Ok(())
    }

    pub(in crate::hash) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Refuses new jobs, finishes what was admitted and ends the threads. Calling it again waits for the same end.
    pub(in crate::hash) async fn drain(&self) {
        self.queue.close();
        let mut threads = self.threads.lock().await;
        while let Some(thread) = threads.last_mut() {
            // It never sends: the error is the end.
            let _end = (&mut thread.end).await;
            let is_whole = threads
                .pop()
                .is_none_or(|thread| thread.handle.join().is_ok());
            if !is_whole {
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
