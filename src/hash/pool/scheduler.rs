//! Decides which worker gets a job, and whether another job may wait.

use std::{collections::VecDeque, time::Duration};

use super::job::Job;
use crate::hash::error::HashError;

/// The longest backlog per worker, whatever the estimated wait is. It bounds memory.
const WAITING_PER_WORKER: usize = 1024;

/// The number of recent rounds that the speed estimate averages: two hashes of cost 12.
const SPEED_WINDOW: u64 = 2 << 12;

/// The jobs of all workers, and the speed at which the workers compute them.
pub(super) struct Scheduler {
    backlog: Backlog,
    slots: Vec<WorkerSlot>,
    /// Jobs that a worker computes at once.
    lanes: usize,
    /// The time of one round on a worker with all lanes in use, divided by the number of lanes.
    round_nanos: u64,
}

/// The load of all workers at one moment, in jobs.
pub(in crate::hash) struct QueueLoad {
    pub(in crate::hash) waiting: usize,
    pub(in crate::hash) lanes: usize,
    pub(in crate::hash) busy: usize,
}

/// The load of one worker.
#[derive(Default)]
struct WorkerSlot {
    /// Jobs that are assigned to the worker and not yet taken by it.
    inbox: Vec<Job>,
    active: usize,
}

impl WorkerSlot {
    fn load(&self) -> usize {
        self.active + self.inbox.len()
    }
}

/// The jobs that wait for a free lane, oldest first, and their total work in rounds.
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

impl Scheduler {
    /// Creates a scheduler without jobs. `round` is the first estimate of a round's time.
    pub(super) fn new(workers: usize, lanes: usize, round: Duration) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(workers, WorkerSlot::default);
        Self {
            backlog: Backlog::default(),
            slots,
            lanes,
            round_nanos: nanos(round),
        }
    }

    /// Sets the number of lanes, and the time of a round if it is known.
    pub(super) fn set_lanes(&mut self, lanes: usize, round: Option<Duration>) {
        self.lanes = lanes;
        self.round_nanos = round.map_or(self.round_nanos, nanos);
    }

    /// Returns the number of jobs that are computed at once on all workers.
    pub(super) fn capacity(&self) -> usize {
        self.lanes * self.slots.len()
    }

    /// Returns the load at this moment.
    pub(super) fn load(&self) -> QueueLoad {
        QueueLoad {
            waiting: self.backlog.jobs.len(),
            lanes: self.capacity(),
            busy: self.slots.iter().map(WorkerSlot::load).sum(),
        }
    }

    /// Returns whether every lane is in use.
    pub(super) fn is_busy(&mut self) -> bool {
        self.least_loaded().is_none()
    }

    /// Assigns a job to a worker with a free lane and returns that worker's number. Without a free
    /// lane the job joins the backlog.
    pub(super) fn assign(&mut self, job: Job) -> Option<usize> {
        if let Some((worker, slot)) = self.least_loaded() {
            slot.inbox.push(job);
            return Some(worker);
        }
        self.backlog.push(job);
        None
    }

    fn least_loaded(&mut self) -> Option<(usize, &mut WorkerSlot)> {
        let lanes = self.lanes;
        let free = self
            .slots
            .iter_mut()
            .enumerate()
            .filter(|(_, slot)| slot.load() < lanes);
        free.min_by_key(|(_, slot)| slot.load())
    }

    /// Removes and returns the jobs that are assigned to this worker.
    pub(super) fn take_for(&mut self, worker: usize, active: usize) -> Option<Vec<Job>> {
        let slot = self.refill(worker, active)?;
        let jobs = std::mem::take(&mut slot.inbox);
        slot.active += jobs.len();
        Some(jobs)
    }

    /// Records that a worker has only `active` jobs left. The backlog gets its free lanes.
    pub(super) fn released(&mut self, worker: usize, active: usize) {
        self.refill(worker, active);
    }

    /// Fills a worker's free lanes with the oldest jobs of the backlog.
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

    /// Updates the speed estimate: a worker advanced its `active` jobs by `rounds` in this time.
    pub(super) fn record_speed(&mut self, active: usize, rounds: u32, took: Duration) {
        let rounds = u64::from(rounds).saturating_mul(u64::try_from(active).unwrap_or(u64::MAX));
        // With free lanes a round takes longer per job, and no job waits.
        if active >= self.lanes
            && let Some(sample) = nanos(took).checked_div(rounds)
        {
            let weight = rounds.min(SPEED_WINDOW);
            let kept = self.round_nanos.saturating_mul(SPEED_WINDOW - weight);
            self.round_nanos = kept.saturating_add(sample.saturating_mul(weight)) / SPEED_WINDOW;
        }
    }

    /// Rejects jobs that would wait longer than `deadline`. Abandoned jobs are dropped first if
    /// that may make room.
    pub(super) fn admit(
        &mut self,
        jobs: usize,
        rounds: u64,
        deadline: Duration,
    ) -> Result<(), HashError> {
        if self.wait_over_deadline(jobs, rounds, deadline).is_some() {
            self.backlog.drop_abandoned();
        }
        match self.wait_over_deadline(jobs, rounds, deadline) {
            Some(retry_after) => Err(HashError::Overloaded { retry_after }),
            None => Ok(()),
        }
    }

    /// Returns the wait, in whole seconds, if it exceeds the deadline or the backlog is full.
    ///
    /// All lanes are in use then and finish one after the other. So the jobs have started once the
    /// work ahead of them, and as much work as their own, is done.
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

/// Rounds up, because `Retry-After` counts whole seconds (RFC 9110, section 10.2.3).
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + 1)
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
