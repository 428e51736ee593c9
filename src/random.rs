//! Random bytes.

/// Returns `N` bytes from the operating system's generator.
///
/// # Panics
/// If the kernel has no generator: guessable tokens would be worse than a failed request.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "the one place that draws random bytes; see Panics"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
