//! Puts the service together and tries the lanes out in the background; it must not know formats or callers.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use super::{
    HasherInner, HasherStartError, Settings,
    engine::{
        Bcrypt,
        calibration::{CAUTIOUS_LANES, LaneEngine, Timings},
        spot_check::SpotCheck,
    },
    pool::{
        WorkerPool, cpu,
        queue::Queue,
        worker::{self, Source},
    },
    stored::COSTS,
};

/// Pauses between two measurements, each twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Starts all threads: workers on lanes (at most so many each) with a watch over them, or on the reference alone.
pub(super) fn start(
    settings: Settings,
    lanes: Option<(Arc<LaneEngine>, NonZeroUsize)>,
    reference: Bcrypt,
) -> Result<HasherInner, HasherStartError> {
    let Settings {
        cost,
        workers,
        deadline,
    } = settings;
    if !COSTS.contains(&cost) {
        return Err(HasherStartError::Cost(cost));
    }
    let workers = workers.unwrap_or_else(cpu::worker_count).get();
    let round = Timings::of_reference(&reference, 1).single();
    let queue = Queue::new(workers, 1, round, deadline);
    let Some((implementation, limit)) = lanes else {
        let pool = WorkerPool::start("hash", queue, &Source::Reference(reference))
            .map_err(HasherStartError::Thread)?;
        return Ok(HasherInner {
            cost,
            pool,
            spot_check: None,
        });
    };
    let source = Source::Lanes(Arc::clone(&implementation), Arc::clone(&reference));
    let mut pool = WorkerPool::start("hash", queue, &source).map_err(HasherStartError::Thread)?;
    let (queue, candidate) = (Arc::clone(pool.queue()), Arc::clone(&implementation));
    pool.spawn("hash-trial".to_owned(), move || {
        calibrate(&queue, &candidate, limit);
    })
    .map_err(HasherStartError::Thread)?;
    // Its callers wait for their own lanes first, so that the deadline has been kept already.
    let queue = Queue::new(1, 1, round, Duration::MAX);
    let checkers = WorkerPool::start("hash-audit", queue, &Source::Reference(reference))
        .map_err(HasherStartError::Thread)?;
    let spot_check = Some(SpotCheck::new(checkers, implementation));
    Ok(HasherInner {
        cost,
        pool,
        spot_check,
    })
}

/// Opens the lanes once they are trusted: a cautious number at first, then the one that is measured to be best. Whatever else ran on
/// the machine in that moment must not decide for as long as the process lives, so it is measured again, ever more rarely.
fn calibrate(queue: &Queue, implementation: &LaneEngine, limit: NonZeroUsize) {
    worker::lower_priority();
    if !implementation.passes() {
        return tracing::error!(
            event = "hash.self_test_failed",
            "hashing in lanes disagrees with the reference on this machine; the reference is used"
        );
    }
    queue.set_lanes(CAUTIOUS_LANES.min(limit.get()), None);
    let mut best = use_best(queue, &implementation.timings(), limit);
    let mut pause = FIRST_PAUSE;
    while queue.pause(pause) {
        let timings = implementation.measure_again();
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
        hash.round = ?best.round,
        hash.gain = %format_args!("{:.1}", timings.single().div_duration_f64(best.round)),
        "every number of lanes agrees with the reference; each worker hashes up to {} passwords side by side",
        best.lanes
    );
    best.lanes
}
