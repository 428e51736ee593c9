//! The names of a channel, and the load that it may cause.

use std::time::Duration;

/// The names of a channel, and the load that it may cause.
#[derive(Clone, Copy)]
pub(super) struct ChannelProfile {
    /// The name, which is the area of its log events.
    pub(super) name: &'static str,
    /// The receiver of its messages, for people.
    pub(super) receiver: &'static str,
    /// Messages in delivery at the same time.
    pub(super) concurrency: usize,
    /// Messages in a batch.
    pub(super) batch: usize,
    /// The wait of the first message of a batch for others.
    pub(super) batching: Duration,
}
