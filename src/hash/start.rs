//! Starts the threads of a hasher, and calibrates the lanes in the background.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use super::{
    engine::{
        LaneEngine,
        calibration::{CAUTIOUS_LANES, Timings},
        reference::{self, Bcrypt},
        spot_check::SpotCheck,
    },
    error::HasherStartError,
    pool::{WorkerPool, cpu, queue::Queue},
    settings::Settings,
    stored::COSTS,
};

/// Pauses between two calibrations. Each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// The threads of a hasher.
pub(super) struct HasherInner {
    pub(super) cost: u32,
    pub(super) pool: WorkerPool,
    /// Absent if the hasher was started without lanes.
    pub(super) spot_check: Option<SpotCheck>,
}

/// Starts all threads: workers on at most so many lanes each, with spot checks, or workers on the
/// reference alone.
pub(super) fn start(
    settings: Settings,
    lanes: Option<(Arc<LaneEngine>, NonZeroUsize)>,
    bcrypt: &Bcrypt,
) -> Result<HasherInner, HasherStartError> {
    let cost = settings.cost;
    if !COSTS.contains(&cost) {
        return Err(HasherStartError::Cost(cost));
    }
    let workers = settings.workers.unwrap_or_else(cpu::worker_count).get();
    let round = Timings::of_reference(bcrypt, 1).single();
    let queue = Queue::new(workers, 1, round, settings.deadline);
    let start_pool = |name, queue, new_kernel| {
        WorkerPool::start(name, queue, &new_kernel).map_err(HasherStartError::Thread)
    };
    let Some((engine, limit)) = lanes else {
        return Ok(HasherInner {
            cost,
            pool: start_pool("hash", queue, reference::factory(bcrypt))?,
            spot_check: None,
        });
    };
    let mut pool = start_pool("hash", queue, engine.factory(bcrypt))?;
    let (queue, candidate) = (Arc::clone(pool.queue()), Arc::clone(&engine));
    pool.spawn("hash-calibrate".to_owned(), move || {
        calibrate(&queue, &candidate, limit);
    })
    .map_err(HasherStartError::Thread)?;
    // Callers have already waited for a lane within the deadline, so the checks have none.
    let queue = Queue::new(1, 1, round, Duration::MAX);
    let checkers = start_pool("hash-check", queue, reference::factory(bcrypt))?;
    let spot_check = Some(SpotCheck::new(checkers, engine));
    Ok(HasherInner {
        cost,
        pool,
        spot_check,
    })
}

/// Enables the lanes after their self-test: a cautious number first, then the one measured as best.
/// It measures again at growing intervals, because other load may have distorted a measurement.
fn calibrate(queue: &Queue, engine: &LaneEngine, limit: NonZeroUsize) {
    cpu::lower_priority();
    if !engine.passes() {
        return tracing::error!(
            event = "hash.self_test_failed",
            "the lanes failed their self-test on this machine; the reference engine is used"
        );
    }
    queue.set_lanes(CAUTIOUS_LANES.min(limit.get()), None);
    let mut best = use_best(queue, &engine.timings(), limit);
    let mut pause = FIRST_PAUSE;
    while queue.pause(pause) {
        let timings = engine.measure_again();
        if timings.best(limit.get()).lanes != best {
            best = use_best(queue, &timings, limit);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn use_best(queue: &Queue, timings: &Timings, limit: NonZeroUsize) -> usize {
    let best = timings.best(limit.get());
    queue.set_lanes(best.lanes, Some(best.round));
    tracing::info!(
        event = "hash.lanes",
        hash.workers = queue.workers(),
        hash.lanes = best.lanes,
        hash.round = %format_args!("{:.3?}", best.round),
        hash.gain = %format_args!("{:.1}", timings.single().div_duration_f64(best.round)),
        "the lanes passed their self-test; each worker computes up to {} hashes at once",
        best.lanes
    );
    best.lanes
}
