//! Where log lines go and how they are written; it must not know what they tell.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

/// The server tells of its threads at every start, and calls it an error when a stranger sends what is not HTTP: a way to
/// fill the log and to raise alarms. An operator who wants to know names them in the filter.
const QUIET: &str = "actix_server=warn,actix_http::h1::dispatcher=off";

/// The stream that log lines go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The service's log.
    Stdout,
    /// Beside what a command prints.
    Stderr,
}

impl Stream {
    /// Whether a person reads it.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }
}

/// Sends log lines that pass `filter` to `stream`, for people or as one JSON object a line. Only the first call counts,
/// so that several services may run in one process.
pub fn install(filter: &str, is_json: bool, stream: Stream) {
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIET},{filter}"));
    let builder = fmt()
        .with_env_filter(filter)
        .with_ansi(stream.is_terminal());
    let installed = match (is_json, stream) {
        (true, Stream::Stdout) => builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
        (true, Stream::Stderr) => builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(io::stderr)
            .try_init(),
        (false, Stream::Stdout) => builder.try_init(),
        (false, Stream::Stderr) => builder.with_writer(io::stderr).try_init(),
    };
    if installed.is_err() {
        tracing::debug!("the log is set up already");
    }
}
