//! The CPU time of a service and of its clients, as Linux counts it.

use std::{
    fs,
    ops::{AddAssign, Sub},
    time::Duration,
};

use rustix::time::ClockId;

use super::{server::Server, time::read_clock};

/// The CPU time of the hashing threads, of the other threads of the service, and of this process,
/// which runs the clients.
#[derive(Clone, Copy, Default)]
pub struct CpuTime {
    pub hashing: Duration,
    pub rest: Duration,
    pub clients: Duration,
}

impl CpuTime {
    /// Returns the CPU time since the start of the processes.
    pub fn of(server: &Server) -> Self {
        let mut total = Self {
            clients: read_clock(ClockId::ProcessCPUTime),
            ..Self::default()
        };
        let tasks = fs::read_dir(format!("/proc/{}/task", server.process.id())).unwrap();
        for task in tasks {
            let task = task.unwrap().path();
            // A thread that has ended has neither file. Its time is missing on both sides alike.
            let (Ok(name), Ok(statistics)) = (
                fs::read_to_string(task.join("comm")),
                fs::read_to_string(task.join("schedstat")),
            ) else {
                continue;
            };
            let nanos = statistics.split_whitespace().next().unwrap();
            let nanos = Duration::from_nanos(nanos.parse().unwrap());
            if name.starts_with("hash") {
                total.hashing += nanos;
            } else {
                total.rest += nanos;
            }
        }
        total
    }
}

impl Sub for CpuTime {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            hashing: self.hashing.saturating_sub(before.hashing),
            rest: self.rest.saturating_sub(before.rest),
            clients: self.clients.saturating_sub(before.clients),
        }
    }
}

impl AddAssign for CpuTime {
    fn add_assign(&mut self, more: Self) {
        self.hashing += more.hashing;
        self.rest += more.rest;
        self.clients += more.clients;
    }
}
