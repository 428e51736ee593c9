//! The progress of a copy, on standard error: one changing line on a terminal, else a line a table.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use crate::app::transfer::{Progress, Stage};

/// The width of the bar in characters.
const WIDTH: u64 = 30;

/// The minimum time between two updates of the line.
const PAUSE: Duration = Duration::from_millis(100);

/// The line on a terminal, or the lines elsewhere.
pub(super) struct ProgressLine {
    is_terminal: bool,
    stage: Option<(Stage, Instant)>,
    shown: Option<Instant>,
}

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            stage: None,
            shown: None,
        }
    }

    /// Prints the progress, unless the last update was too recent.
    pub(super) fn show(&mut self, progress: Progress) {
        let begun = match self.stage {
            Some((stage, begun)) if stage == progress.stage => begun,
            Some(_) | None => {
                let now = Instant::now();
                self.stage = Some((progress.stage, now));
                now
            }
        };
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE);
        let text = match (self.is_terminal, progress.is_done) {
            (true, _) if is_due => format!("\r{}\x1b[K", bar(progress, begun.elapsed())),
            (false, true) => format!(
                "{} {}: {} of {} rows in all\n",
                verb(progress.stage),
                progress.table,
                progress.rows,
                progress.of
            ),
            (true | false, _) => return,
        };
        self.shown = Some(Instant::now());
        // Without standard error, the progress is lost and the copy goes on.
        let _shown = io::stderr().write_all(text.as_bytes());
    }

    /// Clears the line for the output that follows.
    pub(super) fn clear(&self) {
        if self.is_terminal {
            let _cleared = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

const fn verb(stage: Stage) -> &'static str {
    match stage {
        Stage::Copying => "copied",
        Stage::Verifying => "read back",
    }
}

fn bar(progress: Progress, elapsed: Duration) -> String {
    let Progress { rows, of, .. } = progress;
    let filled = WIDTH * rows.min(of) / of.max(1);
    let bar: String = (0..WIDTH)
        .map(|place| if place < filled { '#' } else { '-' })
        .collect();
    let left = left(rows, of, elapsed)
        .map(|seconds| format!(", {seconds} s left"))
        .unwrap_or_default();
    let percent = 100 * rows.min(of) / of.max(1);
    format!(
        "{:<9} {:<16} [{bar}] {percent:>3} %, {rows} of {of} rows{left}",
        verb(progress.stage),
        progress.table
    )
}

/// Returns the seconds that the remaining rows take at the pace so far.
fn left(rows: u64, of: u64, elapsed: Duration) -> Option<u64> {
    let millis = u64::try_from(elapsed.as_millis()).ok()?;
    let rest = millis.checked_mul(of.saturating_sub(rows))?;
    rest.checked_div(rows).map(|millis| millis.div_ceil(1000))
}
