//! The signals that stop the service, and the one that makes it read files again.

use std::io::{self, IsTerminal};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::reload::Reload;

/// The receivers of SIGTERM, SIGINT and SIGHUP.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    has_terminal: bool,
}

impl Signals {
    /// Installs handlers. By default, each of the signals would end the process at once.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            // Read at start, because a terminal that was closed is no terminal any more.
            has_terminal: io::stdin().is_terminal(),
        })
    }

    /// Waits for SIGTERM, SIGINT, or the SIGHUP of a closed terminal. Without a terminal, SIGHUP by
    /// convention means to reload: the service reads the files of email domains again.
    pub(super) async fn stop(mut self, reload: Reload) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {
                    if self.has_terminal {
                        return;
                    }
                    if self.stops_during(reload.run()).await {
                        return;
                    }
                }
            }
        }
    }

    /// Waits for a task. Returns `true` at once if a signal stops the service meanwhile.
    async fn stops_during(&mut self, task: impl Future<Output = ()>) -> bool {
        tokio::select! {
            () = task => false,
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => true,
        }
    }
}
