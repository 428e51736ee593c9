//! Races: threads that all wait at a barrier before the first of them acts.

use std::{sync::Barrier, thread};

use super::{Call, Reply};

/// Performs all of these at the same time. Returns the results in the same order.
pub fn at_once<T: Send, A: FnOnce() -> T + Send>(acts: impl IntoIterator<Item = A>) -> Vec<T> {
    let acts: Vec<_> = acts.into_iter().collect();
    let barrier = Barrier::new(acts.len());
    let barrier = &barrier;
    thread::scope(|scope| {
        let start = |act: A| {
            scope.spawn(move || {
                barrier.wait();
                act()
            })
        };
        let threads: Vec<_> = acts.into_iter().map(start).collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.collect()
    })
}

/// Returns how many of the replies have this status.
pub fn count(replies: &[Reply], status: u16) -> usize {
    let same = replies.iter().filter(|reply| reply.status == status);
    same.count()
}

/// Sends all calls at the same time. Returns the replies in the order of the calls.
pub fn send_at_once(calls: impl IntoIterator<Item = Call>) -> Vec<Reply> {
    at_once(calls.into_iter().map(|call| || call.send()))
}
