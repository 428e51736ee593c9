//! Concurrent callers that verify passwords with a hasher directly, without HTTP.

use std::time::{Duration, Instant};

use daemun::hash::Hasher;
use rustix::time::ClockId;

use super::time::{millis, read_clock};

/// The measured time of a turn.
const TURN: Duration = Duration::from_secs(2);
/// The time at the start of a turn that is not counted, until every lane is in use.
const WARM_UP: Duration = Duration::from_millis(300);
/// Callers that arrive at once.
pub const QUEUED: usize = 1_000;

/// Logins of one kind, and the time in which they were done.
#[derive(Default)]
pub struct Run {
    latencies: Vec<Duration>,
    done: u32,
    took: Duration,
    cpu_time: Duration,
}

impl Run {
    /// Adds logins, each with its latency and whether it counts for the throughput.
    async fn add(&mut self, logins: impl Future<Output = Vec<(Duration, bool)>>) {
        let before = read_clock(ClockId::ProcessCPUTime);
        for (latency, counts) in logins.await {
            self.latencies.push(latency);
            self.done += u32::from(counts);
        }
        self.cpu_time += read_clock(ClockId::ProcessCPUTime).saturating_sub(before);
    }

    /// Returns the logins per second.
    pub fn per_second(&self) -> f64 {
        f64::from(self.done) / self.took.as_secs_f64()
    }

    fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort();
        let place = (self.latencies.len() - 1) * percent / 100;
        millis(*self.latencies.get(place).unwrap())
    }

    /// Formats logins per second, median and 99th percentile of the latency, and CPU time per
    /// login.
    pub fn columns(&mut self) -> String {
        let (p50, p99) = (self.percentile(50), self.percentile(99));
        let cpu_time = self.cpu_time / u32::try_from(self.latencies.len()).unwrap();
        format!(
            "{:7.1} | {p50:5.0} | {p99:5.0} | {:9.1}",
            self.per_second(),
            millis(cpu_time)
        )
    }
}

/// Runs a closed loop for one turn: each client starts its next login when one is done.
///
/// Logins that finish after the turn count for the latency only. While the queue empties, the
/// throughput says nothing about the engine.
pub async fn closed_loop(run: &mut Run, hasher: &Hasher, stored: &str, clients: usize) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move {
            let mut logins = Vec::new();
            while begin.elapsed() < WARM_UP + TURN {
                let latency = verify(&hasher, &stored).await;
                let is_counted = (WARM_UP..WARM_UP + TURN).contains(&begin.elapsed());
                logins.push((latency, is_counted));
            }
            logins
        }
    };
    let clients = (0..clients).map(client).collect();
    run.add(async { join_all(clients).await.concat() }).await;
    run.took += TURN;
}

/// Runs one login of each caller, all started at once.
pub async fn all_at_once(run: &mut Run, hasher: &Hasher, stored: &str) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move { (verify(&hasher, &stored).await, true) }
    };
    let clients = (0..QUEUED).map(client).collect();
    run.add(join_all(clients)).await;
    run.took += begin.elapsed();
}

async fn verify(hasher: &Hasher, stored: &str) -> Duration {
    let begin = Instant::now();
    assert!(hasher.verify("password", stored).await.unwrap());
    begin.elapsed()
}

/// Runs all futures concurrently.
async fn join_all<T>(futures: Vec<impl Future<Output = T> + 'static>) -> Vec<T>
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
