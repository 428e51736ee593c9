//! The bounded queue in front of the workers: who is admitted, and which worker gets it; it must not know what bcrypt is.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Refusal, job::Job};

/// Jobs that may wait for each worker, whatever the estimate says: a bound on memory.
const WAITING_PER_WORKER: usize = 1024;

/// How many measurements the estimate of speed looks back on.
const MEMORY: u64 = 8;

/// The queue that callers and workers share.
pub(super) struct Queue {
    state: Mutex<State>,
    /// One a worker: a job is meant for one of them.
    bells: Vec<Condvar>,
    deadline: Duration,
}

struct State {
    backlog: Backlog,
    seats: Vec<Seat>,
    /// Jobs that a worker computes side by side.
    lanes: usize,
    /// Measured time of one round on one busy worker.
    round_nanos: u64,
    is_closed: bool,
}

/// What one worker has on its hands.
#[derive(Default)]
struct Seat {
    inbox: Vec<Job>,
    active: usize,
}

impl Seat {
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

    fn forget_abandoned(&mut self) {
        self.jobs.retain(|job| !job.is_abandoned());
        self.rounds = self.jobs.iter().map(Job::rounds).sum();
    }
}

impl Queue {
    /// A queue for this many workers of this many lanes each. `round` is a first guess of the time of one round on one worker,
    /// used until the workers have measured it; `deadline` is the longest wait for a lane that is accepted.
    pub(super) fn new(workers: usize, lanes: usize, round: Duration, deadline: Duration) -> Self {
        let mut seats = Vec::new();
        seats.resize_with(workers, Seat::default);
        let mut bells = Vec::new();
        bells.resize_with(workers, Condvar::new);
        let round_nanos = nanos(round);
        let state = State {
            backlog: Backlog::default(),
            seats,
            lanes,
            round_nanos,
            is_closed: false,
        };
        Self {
            state: Mutex::new(state),
            bells,
            deadline,
        }
    }

    /// Gives a job to the least loaded worker, or lets it wait for one. Refuses before any work when the wait would pass the
    /// deadline, and when the queue is closed.
    pub(super) fn submit(&self, job: Job) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refusal::Failed);
        }
        if let Some((place, seat)) = state.freest() {
            seat.inbox.push(job);
            if let Some(bell) = self.bells.get(place) {
                bell.notify_one();
            }
            return Ok(());
        }
        if state.excess(&job, self.deadline).is_some() {
            state.backlog.forget_abandoned();
        }
        if let Some(retry_after) = state.excess(&job, self.deadline) {
            return Err(Refusal::Overloaded { retry_after });
        }
        state.backlog.push(job);
        Ok(())
    }

    /// New jobs for a worker that still computes `active` of its own. Blocks while there is nothing to do; `None` once the
    /// queue is closed and empty.
    pub(super) fn take(&self, place: usize, active: usize) -> Option<Vec<Job>> {
        let bell = self.bells.get(place)?;
        let mut state = self.lock();
        loop {
            let jobs = state.deal(place, active)?;
            if active > 0 || !jobs.is_empty() {
                return Some(jobs);
            }
            if state.is_closed {
                return None;
            }
            state = bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Tells how long a worker with all its lanes in use took for this many rounds.
    pub(super) fn measured(&self, rounds: u64, took: Duration) {
        if let Some(sample) = nanos(took).checked_div(rounds) {
            let mut state = self.lock();
            let kept = state.round_nanos - state.round_nanos / MEMORY;
            state.round_nanos = kept.saturating_add(sample / MEMORY).max(1);
        }
    }

    /// Whether a further job would have to wait, or slow others down noticeably.
    pub(super) fn is_busy(&self) -> bool {
        self.lock().freest().is_none()
    }

    /// Refuses new jobs from now on; what was admitted is still computed.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        for bell in &self.bells {
            bell.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below leaves the state whole, so a panic elsewhere is no reason to stop serving.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn freest(&mut self) -> Option<(usize, &mut Seat)> {
        let lanes = self.lanes;
        let free = self
            .seats
            .iter_mut()
            .enumerate()
            .filter(|(_, seat)| seat.load() < lanes);
        free.min_by_key(|(_, seat)| seat.load())
    }

    /// Takes the jobs that wait for this worker and fills the rest of its lanes from the backlog.
    fn deal(&mut self, place: usize, active: usize) -> Option<Vec<Job>> {
        let seat = self.seats.get_mut(place)?;
        let mut jobs = std::mem::take(&mut seat.inbox);
        jobs.retain(|job| !job.is_abandoned());
        while active + jobs.len() < self.lanes
            && let Some(job) = self.backlog.pop()
        {
            if !job.is_abandoned() {
                jobs.push(job);
            }
        }
        seat.active = active + jobs.len();
        Some(jobs)
    }

    /// `None` when the job may wait in the backlog, otherwise when to come again. All lanes are in use here and end one after
    /// the other, so the job begins when the work before it and as much as its own has been done.
    fn excess(&self, job: &Job, deadline: Duration) -> Option<Duration> {
        let workers = u64::try_from(self.seats.len()).unwrap_or(u64::MAX).max(1);
        let rounds = self.backlog.rounds + job.rounds();
        let wait = Duration::from_nanos(rounds.saturating_mul(self.round_nanos) / workers);
        let is_full = self.backlog.jobs.len() >= self.seats.len() * WAITING_PER_WORKER;
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
