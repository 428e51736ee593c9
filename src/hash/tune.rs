//! Measures the effect of each cost on this machine, and recommends a cost.

use std::{num::NonZeroUsize, ops::RangeInclusive, sync::Arc, thread, time::Duration};

use super::{
    engine::{LaneEngine, calibration::Timings, reference::Bcrypt},
    pool::cpu,
    settings::{DEFAULT_COST, Engine},
};

/// The costs that get a row: all that may be configured, except the slowest.
const COSTS: RangeInclusive<u32> = 10..=14;

/// More than at start, because these numbers are printed for an operator.
const REPETITIONS: usize = 20;

/// The measurements, and the recommended cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    /// Worker threads that the figures apply to.
    pub workers: usize,
    /// Passwords that each worker hashes at once.
    pub lanes: usize,
    /// One row per cost, from 10 to 14.
    pub rows: Vec<Row>,
    /// The highest cost whose login stays within the target on an idle machine, or 10 if none does.
    pub recommended: u32,
}

/// The figures of one cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The bcrypt cost. Each step doubles the work.
    pub cost: u32,
    /// Hashing time of a login on an idle machine.
    pub latency: Duration,
    /// Hashing time of a login while every lane is in use.
    pub busy_latency: Duration,
    /// Logins per second with every lane in use.
    pub logins_per_second: f64,
    /// Guesses of an attacker with the stolen hashes, in the time of one guess at the default cost:
    /// 4 at cost 10, 0.5 at cost 13.
    pub attacker_guesses: f64,
}

impl Tuning {
    /// Measures this machine and recommends the highest cost that keeps a login within `target`.
    ///
    /// One worker is measured alone, then all of them at the same time. It takes about half a
    /// second.
    #[must_use]
    pub fn measure(workers: Option<NonZeroUsize>, engine: Engine, target: Duration) -> Self {
        let workers = workers.unwrap_or_else(cpu::worker_count).get();
        let measure = || timings(engine);
        let idle = measure();
        let loaded: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(measure)).collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        Self::of(&idle, &loaded, engine.limit(), target)
    }

    /// `loaded` has one entry per worker, because cores that share a cache or execution units are
    /// slower together than one core alone.
    fn of(idle: &Timings, loaded: &[Timings], limit: NonZeroUsize, target: Duration) -> Self {
        let lanes = idle.best(limit.get()).lanes;
        let rounds: Vec<_> = loaded.iter().map(|timings| timings.round(lanes)).collect();
        let rows: Vec<_> = COSTS
            .map(|cost| Row::of(cost, idle.single(), &rounds, lanes))
            .collect();
        let fast_enough = rows.iter().filter(|row| row.latency <= target);
        let recommended = fast_enough.map(|row| row.cost).max();
        Self {
            workers: loaded.len(),
            lanes,
            rows,
            recommended: recommended.unwrap_or(*COSTS.start()),
        }
    }
}

impl Row {
    /// `single` is the time of a round of one lane. `all_lanes` has, for each worker, the time of a
    /// round of all lanes.
    fn of(cost: u32, single: Duration, all_lanes: &[Duration], lanes: usize) -> Self {
        let rounds = 1 << cost;
        let hashes = f64::from(u32::try_from(lanes).unwrap_or(u32::MAX));
        let per_second = |round: &Duration| hashes / (*round * rounds).as_secs_f64();
        Self {
            cost,
            latency: single * rounds,
            busy_latency: all_lanes.iter().max().copied().unwrap_or_default() * rounds,
            logins_per_second: all_lanes.iter().map(per_second).sum(),
            attacker_guesses: f64::from(1 << DEFAULT_COST) / f64::from(rounds),
        }
    }
}

fn timings(engine: Engine) -> Timings {
    let lanes = LaneEngine::shared();
    if engine != Engine::Reference && lanes.passes() {
        return Timings::measure(lanes.kernel().as_mut(), REPETITIONS);
    }
    let reference: Bcrypt = Arc::new(bcrypt::bcrypt);
    Timings::of_reference(&reference, REPETITIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(target: Duration) -> Tuning {
        // 50 microseconds for one lane, 80 for two, 200 for three: two lanes are best. Two workers
        // slow each other down.
        let idle = Timings::of_micros([50, 80, 200, 210, 220, 230, 240, 250]);
        let loaded = Timings::of_micros([60, 100, 300, 310, 320, 330, 340, 350]);
        Tuning::of(&idle, &[idle, loaded], Engine::default().limit(), target)
    }

    #[test]
    fn each_step_doubles_the_time_and_halves_the_rest() {
        let tuning = tuning(Duration::from_secs(1));
        assert_eq!((tuning.workers, tuning.lanes), (2, 2));
        let costs: Vec<_> = tuning.rows.iter().map(|row| row.cost).collect();
        assert_eq!(costs, [10, 11, 12, 13, 14]);
        let default = &tuning.rows[2];
        assert_eq!(default.latency, Duration::from_micros(50 * 4096));
        assert_eq!(default.busy_latency, Duration::from_micros(100 * 4096));
        let per_second = (2.0 / 80e-6 + 2.0 / 100e-6) / 4096.0;
        assert!((default.logins_per_second - per_second).abs() < 1e-9);
        assert!((default.attacker_guesses - 1.0).abs() < f64::EPSILON);
        let next = &tuning.rows[3];
        assert_eq!(next.latency, 2 * default.latency);
        assert!((next.attacker_guesses - 0.5).abs() < f64::EPSILON);
        assert!((next.logins_per_second - default.logins_per_second / 2.0).abs() < 1e-9);
    }

    #[test]
    fn recommends_the_highest_cost_within_the_target() {
        assert_eq!(tuning(Duration::from_millis(204)).recommended, 11);
        assert_eq!(tuning(Duration::from_millis(205)).recommended, 12);
        assert_eq!(tuning(Duration::from_mins(1)).recommended, 14);
        assert_eq!(
            tuning(Duration::ZERO).recommended,
            10,
            "nothing lower is allowed"
        );
    }

    #[test]
    fn measures_this_machine() {
        for engine in [Engine::default(), Engine::Reference] {
            let tuning = Tuning::measure(NonZeroUsize::new(1), engine, Duration::from_millis(250));
            assert!((1..=engine.limit().get()).contains(&tuning.lanes));
            assert!(tuning.rows.iter().all(|row| row.logins_per_second > 0.0));
            assert!(tuning.rows.is_sorted_by_key(|row| row.latency));
        }
    }
}
