//! A queue of attempts for each counter that is full only if every attempt in flight fails.
//!
//! The first attempt in a queue retries whenever an attempt of this process ends there, and with
//! backoff for attempts of other replicas. The others wait for the first. Nothing waits in the
//! database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex as Lock, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex, Notify, OwnedMutexGuard},
    time::{Instant, timeout_at},
};

use crate::domain::rate_limit::Subject;

/// The most attempts that wait, in total and for one counter. Further ones are refused at once.
const CAPACITY: usize = 1_024;
const LINE_CAPACITY: usize = 64;

/// The pauses between two retries of the first attempt. They double while this process ends no
/// attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// The queues of all counters that attempts wait for.
#[derive(Default)]
pub(super) struct WaitQueue(Lock<Lines>);

#[derive(Default)]
struct Lines {
    lines: HashMap<Subject, Line>,
    count: usize,
}

#[derive(Clone, Default)]
struct Line {
    front: Arc<Mutex<()>>,
    settled: Arc<Notify>,
    count: usize,
}

/// The place of an attempt in a queue, until it is dropped.
pub(super) struct Turn<'lines> {
    lines: &'lines WaitQueue,
    subject: Subject,
    line: Line,
    front: Option<OwnedMutexGuard<()>>,
    pause: Duration,
}

impl WaitQueue {
    /// Waits until a retry at this counter makes sense. Returns `false` at the deadline, and where
    /// the queue is full.
    pub(super) async fn wait<'lines>(
        &'lines self,
        turn: &mut Option<Turn<'lines>>,
        subject: &Subject,
        deadline: Instant,
    ) -> bool {
        if turn.as_ref().is_none_or(|turn| turn.subject != *subject) {
            *turn = None;
            *turn = self.join(subject);
        }
        match turn {
            Some(turn) => turn.comes(deadline).await,
            None => false,
        }
    }

    /// Wakes the first attempt that waits for one of these counters, where an attempt has ended.
    pub(super) fn settled<'a>(&self, subjects: impl IntoIterator<Item = &'a Subject>) {
        let waiting = self.waiting();
        if waiting.count == 0 {
            return;
        }
        for subject in subjects {
            if let Some(line) = waiting.lines.get(subject) {
                line.settled.notify_one();
            }
        }
    }

    fn join(&self, subject: &Subject) -> Option<Turn<'_>> {
        let mut waiting = self.waiting();
        if waiting.count >= CAPACITY {
            return None;
        }
        let line = waiting.lines.entry(*subject).or_default();
        if line.count >= LINE_CAPACITY {
            return None;
        }
        line.count += 1;
        let line = line.clone();
        waiting.count += 1;
        Some(Turn {
            lines: self,
            subject: *subject,
            line,
            front: None,
            pause: FIRST_PAUSE,
        })
    }

    fn leave(&self, subject: &Subject) {
        let mut waiting = self.waiting();
        waiting.count -= 1;
        if let Some(line) = waiting.lines.get_mut(subject) {
            line.count -= 1;
            if line.count == 0 {
                waiting.lines.remove(subject);
            }
        }
    }

    /// The counts stay correct if a thread panicked while it held the lock.
    fn waiting(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Waits for the front of the queue, and at the front for a retry. An attempt that ended since
    /// the last retry is not missed: the queue keeps one notification.
    async fn comes(&mut self, deadline: Instant) -> bool {
        if self.front.is_none() {
            let front = Arc::clone(&self.line.front).lock_owned();
            self.front = timeout_at(deadline, front).await.ok();
            return self.front.is_some();
        }
        let pause = deadline.min(Instant::now() + self.pause);
        self.pause = LONGEST_PAUSE.min(self.pause * 2);
        let _settled_or_paused = timeout_at(pause, self.line.settled.notified()).await;
        Instant::now() < deadline
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.lines.leave(&self.subject);
    }
}

impl fmt::Debug for WaitQueue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WaitQueue")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: Subject = [1; 32];

    fn deadline() -> Instant {
        Instant::now() + Duration::from_hours(1)
    }

    #[tokio::test]
    async fn the_first_retries_at_once_and_the_others_after_it() {
        let lines = WaitQueue::default();
        let (mut first, mut second) = (None, None);
        assert!(lines.wait(&mut first, &SUBJECT, deadline()).await);
        let past = Instant::now();
        assert!(!lines.wait(&mut second, &SUBJECT, past).await);
        drop(first);
        assert!(lines.wait(&mut second, &SUBJECT, deadline()).await);
        drop(second);
        assert!(lines.waiting().lines.is_empty());
    }

    #[tokio::test]
    async fn an_attempt_that_ends_between_two_retries_is_not_missed() {
        let lines = WaitQueue::default();
        let mut turn = None;
        assert!(lines.wait(&mut turn, &SUBJECT, deadline()).await);
        lines.settled([&SUBJECT]);
        // The pause would outlast the test.
        turn.as_mut().unwrap().pause = Duration::from_hours(1);
        assert!(lines.wait(&mut turn, &SUBJECT, deadline()).await);
    }

    #[test]
    fn the_queues_are_bounded() {
        let lines = WaitQueue::default();
        let of_one: Vec<_> = (0..100).filter_map(|_| lines.join(&SUBJECT)).collect();
        assert_eq!(of_one.len(), LINE_CAPACITY);
        let of_all: Vec<_> = (0..CAPACITY)
            .filter_map(|number| {
                let mut subject = [0; 32];
                subject[..8].copy_from_slice(&number.to_be_bytes());
                lines.join(&subject)
            })
            .collect();
        assert_eq!(of_one.len() + of_all.len(), CAPACITY);
        drop((of_one, of_all));
        assert!(lines.join(&SUBJECT).is_some());
    }
}
