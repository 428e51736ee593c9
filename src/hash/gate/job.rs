//! One verification at the gate, and its caller's handle.

use std::{
    panic::{self, AssertUnwindSafe},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::hash::{error::HashError, foreign::GatedHash};

/// A requested verification.
pub(super) struct GateJob {
    hash: GatedHash,
    password: Zeroizing<String>,
    started: oneshot::Sender<()>,
    result: oneshot::Sender<Result<bool, HashError>>,
    submitted_at: Instant,
}

/// The caller's end of a verification. Dropping it before the start abandons the job.
pub(super) struct GateHandle {
    /// Receives a value when a thread begins.
    pub(super) started: oneshot::Receiver<()>,
    /// Receives whether the password matches.
    pub(super) result: oneshot::Receiver<Result<bool, HashError>>,
}

/// A job that a thread has begun.
pub(super) struct StartedJob {
    hash: GatedHash,
    password: Zeroizing<String>,
    result: oneshot::Sender<Result<bool, HashError>>,
}

impl GateJob {
    /// Returns a job and its handle.
    pub(super) fn new(hash: GatedHash, password: &str) -> (Self, GateHandle) {
        let (started, on_start) = oneshot::channel();
        let (result, on_result) = oneshot::channel();
        let job = Self {
            hash,
            password: Zeroizing::new(password.to_owned()),
            started,
            result,
            submitted_at: Instant::now(),
        };
        let handle = GateHandle {
            started: on_start,
            result: on_result,
        };
        (job, handle)
    }

    /// Returns the memory that it needs in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.hash.memory()
    }

    /// Returns the time since the job was created.
    pub(super) fn waited(&self) -> Duration {
        self.submitted_at.elapsed()
    }

    /// Returns whether the caller has gone, or waited for too long.
    pub(super) fn is_abandoned(&self) -> bool {
        self.started.is_closed()
    }

    /// Reports the start to the caller. Returns `None` if the caller has gone meanwhile.
    pub(super) fn start(self) -> Option<StartedJob> {
        self.started.send(()).ok()?;
        Some(StartedJob {
            hash: self.hash,
            password: self.password,
            result: self.result,
        })
    }
}

impl StartedJob {
    /// Returns the memory that it needs in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.hash.memory()
    }

    /// Verifies the password. Returns the reply to the caller, to be sent once the memory is
    /// released. A panic fails this job alone.
    pub(super) fn run(self) -> impl FnOnce() {
        let verify = AssertUnwindSafe(|| self.hash.matches(&self.password));
        let result = panic::catch_unwind(verify).unwrap_or(Err(HashError::Failed));
        move || {
            // The reply is lost if the caller has gone meanwhile.
            let _lost = self.result.send(result);
        }
    }
}
