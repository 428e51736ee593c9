//! The processor time of a service and of the clients, as Linux counts it; it must not know what it was spent on.

use std::{
    fs,
    ops::{AddAssign, Sub},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

use super::Server;

/// Processor time of the service's hashing threads, of its other threads, and of this process, which is the clients.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub hashing: Duration,
    pub rest: Duration,
    pub clients: Duration,
}

impl Spent {
    /// All of it since the start of the processes.
    pub fn until_now(server: &Server) -> Self {
        let mut spent = Self {
            clients: own(),
            ..Self::default()
        };
        let tasks = fs::read_dir(format!("/proc/{}/task", server.process.id())).unwrap();
        for task in tasks {
            let task = task.unwrap().path();
            // A thread that ended meanwhile has neither file; what it spent is lost to both sides alike.
            let (Ok(name), Ok(statistics)) = (
                fs::read_to_string(task.join("comm")),
                fs::read_to_string(task.join("schedstat")),
            ) else {
                continue;
            };
            let nanos = statistics.split_whitespace().next().unwrap();
            let nanos = Duration::from_nanos(nanos.parse().unwrap());
            if name.starts_with("hash") {
                spent.hashing += nanos;
            } else {
                spent.rest += nanos;
            }
        }
        spent
    }
}

fn own() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            hashing: self.hashing.saturating_sub(before.hashing),
            rest: self.rest.saturating_sub(before.rest),
            clients: self.clients.saturating_sub(before.clients),
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        self.hashing += more.hashing;
        self.rest += more.rest;
        self.clients += more.clients;
    }
}
