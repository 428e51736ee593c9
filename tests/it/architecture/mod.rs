//! Tests of the source tree itself.

mod confined;
mod cycles;
mod inserted_rows;
mod language;
mod layers;
mod shape;
mod source;
mod tokens;
mod words;

/// Fails with the findings, one a line.
#[track_caller]
fn assert_none(findings: impl IntoIterator<Item = String>) {
    let findings: Vec<_> = findings.into_iter().collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
