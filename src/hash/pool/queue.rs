//! The bounded queue in front of the workers: who is admitted, and which worker gets it; it must not know what bcrypt is.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::job::Job;
use crate::hash::HashError;

/// Jobs that may wait for each worker, whatever the estimate says: a bound on memory.
const WAITING_PER_WORKER: usize = 1024;

/// How many rounds the estimate of speed looks back on: two hashes of cost 12.
const SMOOTHING_ROUNDS: u64 = 2 << 12;

/// The queue that callers and workers share.
pub(in crate::hash) struct Queue {
    state: Mutex<State>,
    /// One a worker: a job is meant for one of them.
    wakeups: Vec<Condvar>,
    closed: Condvar,
    deadline: Duration,
}

struct State {
    backlog: Backlog,
    slots: Vec<WorkerSlot>,
    /// Jobs that a worker computes side by side.
    lanes: usize,
    /// Time of one round of one job on a worker with all lanes in use, divided by the lanes.
    round_nanos: u64,
    is_closed: bool,
}

/// What one worker has on its hands.
#[derive(Default)]
struct WorkerSlot {
    inbox: Vec<Job>,
    active: usize,
}

impl WorkerSlot {
    fn load(&self) -> usize {
        self.active + self.inbox.len()
    }
}

/// Jobs for which no worker has room, oldest first, and their work in rounds.
#[derive(Default)]
struct Backlog {
    jobs: VecDeque<Job>,
    rounds: u64,
}

impl Backlog {
    fn push(&mut self, job: Job) {
        self.rounds += job.rounds();
        self.jobs.push_back(job);
    }

    fn pop(&mut self) -> Option<Job> {
        let job = self.jobs.pop_front()?;
        self.rounds -= job.rounds();
        Some(job)
    }

    fn drop_abandoned(&mut self) {
        self.jobs.retain(|job| !job.is_abandoned());
        self.rounds = self.jobs.iter().map(Job::rounds).sum();
    }
}

impl Queue {
    /// A queue for this many workers of this many lanes each. `round` is a first guess of the time of one round on one worker,
    /// used until the workers have measured it; `deadline` is the longest wait for a lane that is accepted.
    pub(in crate::hash) fn new(
        workers: usize,
        lanes: usize,
        round: Duration,
        deadline: Duration,
    ) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(workers, WorkerSlot::default);
        let mut wakeups = Vec::new();
        wakeups.resize_with(workers, Condvar::new);
        let round_nanos = nanos(round);
        let state = State {
            backlog: Backlog::default(),
            slots,
            lanes,
            round_nanos,
            is_closed: false,
        };
        Self {
            state: Mutex::new(state),
            wakeups,
            closed: Condvar::new(),
            deadline,
        }
    }

    /// Gives each job to the least loaded worker, or lets it wait for one. Refuses all of them before any work when the wait would
    /// pass the deadline, and when the queue is closed.
    pub(in crate::hash) fn submit(&self, jobs: Vec<Job>) -> Result<(), HashError> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(HashError::Failed);
        }
        let rounds = jobs.iter().map(Job::rounds).sum();
        state.admit(jobs.len(), rounds, self.deadline)?;
        for job in jobs {
            if let Some(worker) = state.assign(job)
                && let Some(wakeup) = self.wakeups.get(worker)
            {
                wakeup.notify_one();
            }
        }
        Ok(())
    }

    /// Whether a job of this many rounds would be admitted now: what comes before it is not worth doing otherwise.
    pub(in crate::hash) fn admits(&self, rounds: u64) -> Result<(), HashError> {
        self.lock().admit(1, rounds, self.deadline)
    }

    /// New jobs for a worker that still computes `active` of its own. Blocks while there is nothing to do; `None` once the
    /// queue is closed and empty.
    pub(in crate::hash) fn take(&self, worker: usize, active: usize) -> Option<Vec<Job>> {
        let wakeup = self.wakeups.get(worker)?;
        let mut state = self.lock();
        loop {
            let jobs = state.take_for(worker, active)?;
            if active > 0 || !jobs.is_empty() {
                return Some(jobs);
            }
            if state.is_closed {
                return None;
            }
            state = wakeup.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Tells how long a worker took to bring all of its `active` jobs on by this many rounds.
    pub(in crate::hash) fn record_speed(&self, active: usize, rounds: u32, took: Duration) {
        let mut state = self.lock();
        let rounds = u64::from(rounds).saturating_mul(u64::try_from(active).unwrap_or(u64::MAX));
        // With free lanes a round takes longer, and nobody waits.
        if active >= state.lanes
            && let Some(sample) = nanos(took).checked_div(rounds)
        {
            let weight = rounds.min(SMOOTHING_ROUNDS);
            let kept = state.round_nanos.saturating_mul(SMOOTHING_ROUNDS - weight);
            state.round_nanos =
                kept.saturating_add(sample.saturating_mul(weight)) / SMOOTHING_ROUNDS;
        }
    }

    /// Tells that a worker has only this many jobs left of its own: its free lanes go to who waits for one, or comes next.
    pub(in crate::hash) fn released(&self, worker: usize, active: usize) {
        self.lock().refill(worker, active);
    }

    /// From now on each worker computes this many jobs side by side, and a round of one of them takes this long if that is known.
    pub(in crate::hash) fn set_lanes(&self, lanes: usize, round: Option<Duration>) {
        let mut state = self.lock();
        state.lanes = lanes;
        state.round_nanos = round.map_or(state.round_nanos, nanos);
    }

    /// How many workers there are.
    pub(in crate::hash) fn workers(&self) -> usize {
        self.wakeups.len()
    }

    /// Jobs that may be computed at the same time.
    pub(in crate::hash) fn capacity(&self) -> usize {
        self.lock().lanes * self.workers()
    }

    /// Whether a further job would have to wait, or slow others down noticeably.
    pub(in crate::hash) fn is_busy(&self) -> bool {
        self.lock().least_loaded().is_none()
    }

    /// Refuses new jobs from now on; what was admitted is still computed.
    pub(in crate::hash) fn close(&self) {
        self.lock().is_closed = true;
        for wakeup in &self.wakeups {
            wakeup.notify_all();
        }
        self.closed.notify_all();
    }

    /// Pauses for this long or until the queue is closed; whether it is still open.
    pub(in crate::hash) fn pause(&self, span: Duration) -> bool {
        let pause = self
            .closed
            .wait_timeout_while(self.lock(), span, |state| !state.is_closed);
        let (state, _) = pause.unwrap_or_else(PoisonError::into_inner);
        !state.is_closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below leaves the state whole, so a panic elsewhere is no reason to stop serving.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn least_loaded(&mut self) -> Option<(usize, &mut WorkerSlot)> {
        let lanes = self.lanes;
        let free = self
            .slots
            .iter_mut()
            .enumerate()
            .filter(|(_, slot)| slot.load() < lanes);
        free.min_by_key(|(_, slot)| slot.load())
    }

    /// Gives a job to a worker with a free lane, and tells which; without one it has to wait.
    fn assign(&mut self, job: Job) -> Option<usize> {
        if let Some((worker, slot)) = self.least_loaded() {
            slot.inbox.push(job);
            return Some(worker);
        }
        self.backlog.push(job);
        None
    }

    /// Takes the jobs that are meant for this worker.
    fn take_for(&mut self, worker: usize, active: usize) -> Option<Vec<Job>> {
        let slot = self.refill(worker, active)?;
        let jobs = std::mem::take(&mut slot.inbox);
        slot.active += jobs.len();
        Some(jobs)
    }

    /// Means the backlog's first for a worker's free lanes.
    fn refill(&mut self, worker: usize, active: usize) -> Option<&mut WorkerSlot> {
        let slot = self.slots.get_mut(worker)?;
        slot.active = active;
        slot.inbox.retain(|job| !job.is_abandoned());
        while slot.load() < self.lanes
            && let Some(job) = self.backlog.pop()
        {
            if !job.is_abandoned() {
                slot.inbox.push(job);
            }
        }
        Some(slot)
    }

    /// Refuses jobs that would wait too long, once those whose callers hung up are out of the way.
    fn admit(&mut self, jobs: usize, rounds: u64, deadline: Duration) -> Result<(), HashError> {
        if self.wait_over_deadline(jobs, rounds, deadline).is_some() {
            self.backlog.drop_abandoned();
        }
        match self.wait_over_deadline(jobs, rounds, deadline) {
            Some(retry_after) => Err(HashError::Overloaded { retry_after }),
            None => Ok(()),
        }
    }

    /// `None` when the jobs may come in, otherwise when to come again. All lanes are in use then and end one after the other, so
    /// the jobs have begun when the work before them and as much as their own has been done.
    fn wait_over_deadline(&self, jobs: usize, rounds: u64, deadline: Duration) -> Option<Duration> {
        let free: usize = self
            .slots
            .iter()
            .map(|slot| self.lanes.saturating_sub(slot.load()))
            .sum();
        if jobs <= free {
            return None;
        }
        let workers = u64::try_from(self.slots.len()).unwrap_or(u64::MAX).max(1);
        let rounds = self.backlog.rounds + rounds;
        let wait = Duration::from_nanos(rounds.saturating_mul(self.round_nanos) / workers);
        let is_full = self.backlog.jobs.len() >= self.slots.len() * WAITING_PER_WORKER;
        (is_full || wait > deadline).then(|| whole_seconds(wait))
    }
}

/// Rounded up, because `Retry-After` counts in seconds (RFC 9110, section 10.2.3).
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + 1)
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
