//! The signals that stop the service.

use std::io::{self, IsTerminal};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receivers of the signals that stop a service, or would.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    has_terminal: bool,
}

impl Signals {
    /// Takes the signals over from the kernel, which would end the process at once.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            // A terminal that has gone is none any more, so this is decided at start.
            has_terminal: io::stdin().is_terminal(),
        })
    }

    /// Waits for SIGTERM, SIGINT, or the SIGHUP of a terminal that is closed. Without a terminal SIGHUP means by custom to read the
    /// settings again; there is nothing to read.
    pub(super) async fn stop(mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => {
                    if self.has_terminal {
                        return;
                    }
                    tracing::info!(
                        event = "signal.ignored",
                        "SIGHUP ignored: settings are read at start only; restart to apply changes"
                    );
                }
            }
        }
    }
}
