//! Time and random bytes, both passed in to whoever needs them; it must not know what they are used for.

use std::{fmt, sync::Arc, time::UNIX_EPOCH};

use crate::domain::timestamp::Timestamp;

/// Where "now" comes from: the system, or whatever the composition root was given.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that tells what `source` says.
    pub fn new(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// The machine's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(system_time)
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn system_time() -> Timestamp {
    let since_epoch = std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// When the kernel has no generator: to go on with guessable tokens would be worse than to refuse the request.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "the one place that draws random bytes; see Panics"
)]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
