//! The bounded queue of the gate, and the memory that running verifications share.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::job::{GateJob, StartedJob};
use crate::{
    hash::statistics::GateStatistics,
    meter::{Counter, DurationMeter, reading_of},
};

/// The most jobs that wait. The deadline rejects those that wait for too long before that.
const WAITING_MAX: usize = 256;

/// The reason why a job was not accepted.
pub(super) enum GateRejection {
    /// Too many jobs wait.
    Full,
    /// The gate is closed.
    Closed,
}

/// The queue that callers and threads share. Jobs start in the order of their arrival, so one that
/// needs much memory is not overtaken forever.
pub(super) struct GateQueue {
    state: Mutex<GateState>,
    /// Notified when a job arrives, memory is released, or the queue is closed.
    changed: Condvar,
    memory: u64,
    waits: DurationMeter,
    shed: Counter,
}

#[derive(Default)]
struct GateState {
    waiting: VecDeque<GateJob>,
    running: usize,
    memory_used: u64,
    is_closed: bool,
}

impl GateQueue {
    /// Creates a queue whose running jobs share so many bytes.
    pub(super) fn new(memory: u64) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            memory,
            waits: DurationMeter::default(),
            shed: Counter::new(),
        }
    }

    /// Lets a job wait for a thread.
    pub(super) fn submit(&self, job: GateJob) -> Result<(), GateRejection> {
        let mut state = self.lock();
        state.drop_abandoned();
        if state.is_closed {
            return Err(GateRejection::Closed);
        }
        if state.waiting.len() >= WAITING_MAX {
            self.shed.increment();
            return Err(GateRejection::Full);
        }
        state.waiting.push_back(job);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Returns the next job once its memory is free, and takes the memory. Returns `None` once the
    /// queue is closed and empty.
    pub(super) fn take(&self) -> Option<StartedJob> {
        let mut state = self.lock();
        loop {
            state.drop_abandoned();
            if let Some(job) = state.pop_within(self.memory) {
                let waited = job.waited();
                let Some(job) = job.start() else { continue };
                self.waits.record(waited);
                state.memory_used += job.memory();
                state.running += 1;
                return Some(job);
            }
            if state.is_closed && state.waiting.is_empty() {
                return None;
            }
            let wait = self.changed.wait(state);
            state = wait.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Releases the memory of a job that has ended.
    pub(super) fn release(&self, memory: u64) {
        let mut state = self.lock();
        state.memory_used = state.memory_used.saturating_sub(memory);
        state.running = state.running.saturating_sub(1);
        drop(state);
        self.changed.notify_all();
    }

    /// Counts a job whose caller waited for too long.
    pub(super) fn record_shed(&self) {
        self.shed.increment();
    }

    /// Rejects new jobs from now on. Waiting jobs are still computed.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Returns the load at this moment.
    pub(super) fn statistics(&self) -> GateStatistics {
        let state = self.lock();
        GateStatistics {
            waiting: reading_of(state.waiting.len()),
            running: reading_of(state.running),
            memory_used: state.memory_used,
            waits: self.waits.read(),
            shed: self.shed.value(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, GateState> {
        // Every change leaves the state consistent, so a panic elsewhere need not stop the service.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GateState {
    /// Drops the abandoned jobs at the front. All jobs have the same deadline, so those that waited
    /// for too long are there.
    fn drop_abandoned(&mut self) {
        while self.waiting.front().is_some_and(GateJob::is_abandoned) {
            self.waiting.pop_front();
        }
    }

    /// Returns the first job, if its memory is free.
    fn pop_within(&mut self, memory: u64) -> Option<GateJob> {
        let free = memory.saturating_sub(self.memory_used);
        let fits = self.waiting.front()?.memory() <= free;
        fits.then(|| self.waiting.pop_front())?
    }
}
