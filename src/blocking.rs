//! The one way to threads that may block.

use tracing::Span;

/// The work panicked, or the runtime has stopped. The panic message is not repeated: it may quote
/// input.
#[derive(Debug, thiserror::Error)]
#[error("blocking work was interrupted")]
pub struct Interrupted;

/// Runs `work` on a thread that may block, inside the caller's span.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that starts blocking work"
)]
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Interrupted> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|_panicked_or_cancelled| Interrupted)
}
