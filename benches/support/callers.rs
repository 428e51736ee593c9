//! Callers that check passwords with an engine, with no HTTP between, and what it took; it must not know which engine that is.

use std::time::{Duration, Instant};

use daemun::hash::Hasher;
use rustix::time::ClockId;

use super::{clock, millis};

/// How long callers go on.
const TURN: Duration = Duration::from_secs(2);
/// At the start of a turn, until every lane is in use; it is not counted.
const WARM_UP: Duration = Duration::from_millis(300);
/// Callers that come all at once.
pub const QUEUED: usize = 1_000;

/// Log-ins of one kind, and the time in which so many of them were done.
#[derive(Default)]
pub struct Run {
    latencies: Vec<Duration>,
    done: u32,
    took: Duration,
    processor: Duration,
}

impl Run {
    /// Adds log-ins, each with its latency and whether it counts for the throughput.
    async fn add(&mut self, log_ins: impl Future<Output = Vec<(Duration, bool)>>) {
        let processor = clock(ClockId::ProcessCPUTime);
        for (latency, counts) in log_ins.await {
            self.latencies.push(latency);
            self.done += u32::from(counts);
        }
        self.processor += clock(ClockId::ProcessCPUTime).saturating_sub(processor);
    }

    /// How many were done.
    pub fn per_second(&self) -> f64 {
        f64::from(self.done) / self.took.as_secs_f64()
    }

    fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort();
        let place = (self.latencies.len() - 1) * percent / 100;
        millis(*self.latencies.get(place).unwrap())
    }

    /// Log-ins a second, median and 99th percentile of the waiting times, and processor time of one.
    pub fn columns(&mut self) -> String {
        let (half, most) = (self.percentile(50), self.percentile(99));
        let processor = self.processor / u32::try_from(self.latencies.len()).unwrap();
        format!(
            "{:7.1} | {half:5.0} | {most:5.0} | {:9.1}",
            self.per_second(),
            millis(processor)
        )
    }
}

/// So many callers for one turn, each with its next log-in as soon as it is answered.
///
/// Who still waits at the end of the turn gets his answer and adds to the waiting times, but not to the throughput: an engine that
/// runs empty is no measure of it.
pub async fn closed_loop(run: &mut Run, hasher: &Hasher, stored: &str, clients: usize) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move {
            let mut log_ins = Vec::new();
            while begin.elapsed() < WARM_UP + TURN {
                let latency = log_in(&hasher, &stored).await;
                let is_counted = (WARM_UP..WARM_UP + TURN).contains(&begin.elapsed());
                log_ins.push((latency, is_counted));
            }
            log_ins
        }
    };
    let clients = (0..clients).map(client).collect();
    run.add(async { together(clients).await.concat() }).await;
    run.took += TURN;
}

/// All of the callers once.
pub async fn all_at_once(run: &mut Run, hasher: &Hasher, stored: &str) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move { (log_in(&hasher, &stored).await, true) }
    };
    let clients = (0..QUEUED).map(client).collect();
    run.add(together(clients)).await;
    run.took += begin.elapsed();
}

async fn log_in(hasher: &Hasher, stored: &str) -> Duration {
    let begin = Instant::now();
    assert!(hasher.verify("password", stored).await.unwrap());
    begin.elapsed()
}

/// Runs all futures at the same time.
async fn together<T>(futures: Vec<impl Future<Output = T> + 'static>) -> Vec<T>
where
    T: 'static,
{
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| local.spawn_local(future))
        .collect();
    local
        .run_until(async {
            let mut outputs = Vec::new();
            for task in tasks {
                outputs.push(task.await.unwrap());
            }
            outputs
        })
        .await
}
