//! The bounded queue between callers and workers.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    job::Job,
    scheduler::{QueueLoad, Scheduler},
};
use crate::{
    hash::error::HashError,
    meter::{Counter, DurationMeter, DurationReading},
};

/// The queue that callers and workers share.
pub(in crate::hash) struct Queue {
    state: Mutex<QueueState>,
    /// One per worker, because each job is assigned to one worker.
    wakeups: Vec<Condvar>,
    closed: Condvar,
    deadline: Duration,
    /// The waits of jobs for a lane.
    waits: DurationMeter,
    /// The submissions that were rejected.
    shed: Counter,
}

struct QueueState {
    scheduler: Scheduler,
    is_closed: bool,
}

impl Queue {
    /// Creates a queue for this many workers of `lanes` lanes each. `round` is a first estimate of
    /// the time of one round on one worker, used until the workers have measured it. `deadline` is
    /// the longest accepted wait for a lane.
    pub(in crate::hash) fn new(
        workers: usize,
        lanes: usize,
        round: Duration,
        deadline: Duration,
    ) -> Self {
        let mut wakeups = Vec::new();
        wakeups.resize_with(workers, Condvar::new);
        Self {
            state: Mutex::new(QueueState {
                scheduler: Scheduler::new(workers, lanes, round),
                is_closed: false,
            }),
            wakeups,
            closed: Condvar::new(),
            deadline,
            waits: DurationMeter::default(),
            shed: Counter::new(),
        }
    }

    /// Assigns each job to the least loaded worker, or lets it wait. Rejects all jobs before any
    /// work if the wait would exceed the deadline or the queue is closed.
    pub(in crate::hash) fn submit(&self, jobs: Vec<Job>) -> Result<(), HashError> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(HashError::Failed);
        }
        let rounds = jobs.iter().map(Job::rounds).sum();
        self.admit(&mut state, jobs.len(), rounds)?;
        for job in jobs {
            if let Some(worker) = state.scheduler.assign(job)
                && let Some(wakeup) = self.wakeups.get(worker)
            {
                wakeup.notify_one();
            }
        }
        Ok(())
    }

    /// Rejects a job of this many rounds if its wait would exceed the deadline. Callers check this
    /// before work that is wasted if the job is rejected.
    pub(in crate::hash) fn admits(&self, rounds: u64) -> Result<(), HashError> {
        self.admit(&mut self.lock(), 1, rounds)
    }

    fn admit(&self, state: &mut QueueState, jobs: usize, rounds: u64) -> Result<(), HashError> {
        let admitted = state.scheduler.admit(jobs, rounds, self.deadline);
        if admitted.is_err() {
            self.shed.increment();
        }
        admitted
    }

    /// Returns new jobs for a worker that still computes `active` jobs. Blocks while that worker
    /// has nothing to do. Returns `None` once the queue is closed and empty.
    pub(in crate::hash) fn take(&self, worker: usize, active: usize) -> Option<Vec<Job>> {
        let wakeup = self.wakeups.get(worker)?;
        let mut state = self.lock();
        loop {
            let jobs = state.scheduler.take_for(worker, active)?;
            if active > 0 || !jobs.is_empty() {
                for job in &jobs {
                    self.waits.record(job.waited());
                }
                return Some(jobs);
            }
            if state.is_closed {
                return None;
            }
            state = wakeup.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Records the time in which a worker advanced all of its `active` jobs by this many rounds.
    pub(in crate::hash) fn record_speed(&self, active: usize, rounds: u32, took: Duration) {
        self.lock().scheduler.record_speed(active, rounds, took);
    }

    /// Records that a worker has only `active` jobs left. Its free lanes go to waiting jobs first.
    pub(in crate::hash) fn released(&self, worker: usize, active: usize) {
        self.lock().scheduler.released(worker, active);
    }

    /// Sets the number of lanes of each worker, and the time of one job's round if it is known.
    pub(in crate::hash) fn set_lanes(&self, lanes: usize, round: Option<Duration>) {
        self.lock().scheduler.set_lanes(lanes, round);
    }

    /// Returns the number of workers.
    pub(in crate::hash) fn workers(&self) -> usize {
        self.wakeups.len()
    }

    /// Returns the number of jobs that can be computed at the same time.
    pub(in crate::hash) fn capacity(&self) -> usize {
        self.lock().scheduler.capacity()
    }

    /// Returns whether another job would have to wait.
    pub(in crate::hash) fn is_busy(&self) -> bool {
        self.lock().scheduler.is_busy()
    }

    /// Returns the load at this moment.
    pub(in crate::hash) fn load(&self) -> QueueLoad {
        self.lock().scheduler.load()
    }

    /// Returns the waits of the jobs that workers have taken.
    pub(in crate::hash) fn waits(&self) -> DurationReading {
        self.waits.read()
    }

    /// Returns how often a job was rejected because of the load.
    pub(in crate::hash) fn shed(&self) -> u64 {
        self.shed.value()
    }

    /// Rejects new jobs from now on. Admitted jobs are still computed.
    pub(in crate::hash) fn close(&self) {
        self.lock().is_closed = true;
        for wakeup in &self.wakeups {
            wakeup.notify_all();
        }
        self.closed.notify_all();
    }

    /// Pauses for this long, or until the queue is closed. Returns whether it is still open.
    pub(in crate::hash) fn pause(&self, span: Duration) -> bool {
        let pause = self
            .closed
            .wait_timeout_while(self.lock(), span, |state| !state.is_closed);
        let (state, _) = pause.unwrap_or_else(PoisonError::into_inner);
        !state.is_closed
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        // Every change leaves the state consistent, so a panic elsewhere need not stop the service.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
