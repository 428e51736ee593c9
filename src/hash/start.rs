//! Puts the service together and tries the lanes out in the background; it must not know formats or callers.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use super::{
    Inner, Settings, StartError,
    engine::{
        Bcrypt,
        calibration::{CAUTIOUS_LANES, Implementation, Timings},
        spot_check::Audit,
    },
    pool::{
        Crew, cpu,
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
    lanes: Option<(Arc<Implementation>, NonZeroUsize)>,
    reference: Bcrypt,
) -> Result<Inner, StartError> {
    let Settings {
        cost,
        workers,
        deadline,
    } = settings;
    if !COSTS.contains(&cost) {
        return Err(StartError::Cost(cost));
    }
    let workers = workers.unwrap_or_else(cpu::worker_count).get();
    let round = Timings::of_reference(&reference, 1).alone();
    let queue = Queue::new(workers, 1, round, deadline);
    let Some((implementation, limit)) = lanes else {
        let crew = Crew::start("hash", queue, &Source::Reference(reference))
            .map_err(StartError::Thread)?;
        return Ok(Inner {
            cost,
            crew,
            audit: None,
        });
    };
    let source = Source::Lanes(Arc::clone(&implementation), Arc::clone(&reference));
    let mut crew = Crew::start("hash", queue, &source).map_err(StartError::Thread)?;
    let (queue, candidate) = (Arc::clone(crew.queue()), Arc::clone(&implementation));
    crew.spawn("hash-trial".to_owned(), move || {
        choose_lanes(&queue, &candidate, limit);
    })
    .map_err(StartError::Thread)?;
    // Its callers wait for their own lanes first, so that the deadline has been kept already.
    let queue = Queue::new(1, 1, round, Duration::MAX);
    let auditors = Crew::start("hash-audit", queue, &Source::Reference(reference))
        .map_err(StartError::Thread)?;
    let audit = Some(Audit::new(auditors, implementation));
    Ok(Inner { cost, crew, audit })
}

/// Opens the lanes once they are trusted: a cautious number at first, then the one that is measured to be best. Whatever else ran on
/// the machine in that moment must not decide for as long as the process lives, so it is measured again, ever more rarely.
fn choose_lanes(queue: &Queue, implementation: &Implementation, limit: NonZeroUsize) {
    worker::give_way();
    if !implementation.is_trusted() {
        return tracing::error!(
            event = "hash.self_test_failed",
            "hashing in lanes disagrees with the reference on this machine; the reference is used"
        );
    }
    queue.open_lanes(CAUTIOUS_LANES.min(limit.get()), None);
    let mut best = open_best(queue, &implementation.timings(), limit);
    let mut pause = FIRST_PAUSE;
    while queue.pause(pause) {
        let timings = implementation.measure_again();
        if timings.best(limit.get()).lanes != best {
            best = open_best(queue, &timings, limit);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn open_best(queue: &Queue, timings: &Timings, limit: NonZeroUsize) -> usize {
    let best = timings.best(limit.get());
    queue.open_lanes(best.lanes, Some(best.round));
    tracing::info!(
        event = "hash.lanes",
        hash.workers = queue.workers(),
        hash.lanes = best.lanes,
        hash.round = ?best.round,
        hash.gain = %format_args!("{:.1}", timings.alone().div_duration_f64(best.round)),
        "every number of lanes agrees with the reference; each worker hashes up to {} passwords side by side",
        best.lanes
    );
    best.lanes
}
