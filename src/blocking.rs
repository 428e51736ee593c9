//! The one door to threads that may block; it must not know what they do.

use std::fmt;

use tracing::Span;

/// The work panicked or the runtime is gone. What it panicked with is not repeated: it may quote input.
#[derive(Debug)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("blocking work was interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Runs `work` on a thread that may block, inside the caller's span.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Interrupted> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|_panicked_or_cancelled| Interrupted)
}
