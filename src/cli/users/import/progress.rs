//! The progress of an import: one changing line on a terminal, and nothing elsewhere.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// The width of the bar in characters.
const WIDTH: u64 = 30;

/// The minimum time between two updates of the line.
const PAUSE: Duration = Duration::from_millis(100);

/// The progress bar of one pass over a file.
pub(super) struct ProgressBar {
    is_terminal: bool,
    verb: &'static str,
    bytes: u64,
    begun: Instant,
    shown: Option<Instant>,
}

impl ProgressBar {
    /// The bar of a pass over this many bytes.
    pub(super) fn new(verb: &'static str, bytes: u64) -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            verb,
            bytes,
            begun: Instant::now(),
            shown: None,
        }
    }

    /// Shows the bytes and lines so far, unless the last update was too recent.
    pub(super) fn show(&mut self, bytes: u64, lines: u64) {
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE);
        if self.is_terminal && is_due {
            let text = bar(self.verb, (bytes, self.bytes), lines, self.begun.elapsed());
            // Without standard error, the progress is lost and the import goes on.
            let _shown = io::stderr().write_all(format!("\r{text}\x1b[K").as_bytes());
            self.shown = Some(Instant::now());
        }
    }

    /// Clears the line for the output that follows.
    pub(super) fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _cleared = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

fn bar(verb: &str, (bytes, of): (u64, u64), lines: u64, elapsed: Duration) -> String {
    let (bytes, of) = (bytes.min(of), of.max(1));
    let filled = WIDTH * bytes / of;
    let bar: String = (0..WIDTH)
        .map(|place| if place < filled { '#' } else { '-' })
        .collect();
    let percent = 100 * bytes / of;
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let left = millis.saturating_mul(of - bytes).checked_div(bytes);
    let left = left.map(|millis| format!(", {} s left", millis.div_ceil(1000)));
    let left = left.unwrap_or_default();
    format!("{verb:<9} [{bar}] {percent:>3} %, {lines} lines{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_shows_the_share_the_lines_and_the_time_left() {
        let second = Duration::from_secs(1);
        assert_eq!(
            bar("checking", (25, 100), 10, second),
            "checking  [#######-----------------------]  25 %, 10 lines, 3 s left"
        );
        assert_eq!(
            bar("importing", (0, 0), 0, second),
            "importing [------------------------------]   0 %, 0 lines"
        );
    }
}
