//! Sets up the log: its stream, filter and format.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

/// Actix logs its threads at every start, and an error for each request that is not HTTP. An
/// attacker could fill the log with such errors and raise alarms. An operator's filter can enable
/// both again.
const QUIET: &str = "actix_server=warn,actix_http::h1::dispatcher=off";

/// The output stream of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, for the log of the service.
    Stdout,
    /// Standard error, for warnings beside the output of a subcommand.
    Stderr,
}

impl Stream {
    /// Returns whether the stream is a terminal, which a person reads.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }
}

/// Writes log lines that pass `filter` to `stream`, as text or as one JSON object a line. Only the
/// first call has an effect, so that several services can run in one process.
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
        tracing::debug!("logging was already set up");
    }
}
