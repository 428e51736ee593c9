//! Tests of the queue, the workers and the shutdown, as callers see them.

use std::{
    io::{Read, Seek},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use tracing::{Dispatch, subscriber::NoSubscriber};

use super::{FAST, Gate, blocked, fast_hasher, reference_hasher, started};
use crate::hash::{
    HashError, Hasher, HasherStartError, Settings,
    engine::reference::{self, Bcrypt},
    pool::{job::Job, queue::Queue, worker},
    stored::new_key,
};

#[tokio::test]
async fn a_login_that_cannot_match_does_the_same_work() {
    let (gate, bcrypt) = Gate::new();
    let hasher = reference_hasher(FAST, &bcrypt);
    gate.calls.recv().expect("the speed estimate at start");
    hasher.dummy("password").await.expect("computed");
    assert_eq!(gate.calls.try_iter().count(), 1);
    let long = "x".repeat(73);
    let plain = "$2b$04$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for (password, stored) in [("password", ""), ("password", "damaged"), (&long, plain)] {
        assert!(!hasher.verify(password, stored).await.expect("computed"));
        assert_eq!(gate.calls.try_iter().count(), 1, "{stored}");
    }
}

#[tokio::test]
async fn a_job_that_would_wait_too_long_is_rejected_before_any_work() {
    let (hasher, first, gate) = blocked(Duration::ZERO).await;
    let error = hasher.hash("second").await.expect_err("no lane is free");
    assert!(
        matches!(error, HashError::Overloaded { retry_after } if retry_after >= Duration::from_secs(1))
    );
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    assert_eq!(
        gate.calls.try_iter().count(),
        0,
        "the second was never started"
    );
}

#[tokio::test]
async fn the_length_of_the_queue_is_bounded() {
    let (hasher, first, gate) = blocked(Duration::MAX).await;
    let waiting: Vec<_> = (0..1024)
        .map(|_| started(hasher.dummy("waiting")))
        .collect();
    let error = hasher.dummy("one too many").await.expect_err("full");
    assert!(matches!(error, HashError::Overloaded { .. }));
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    for job in waiting {
        job.await.expect("computed");
    }
}

#[tokio::test]
async fn an_abandoned_job_makes_room() {
    let (hasher, first, gate) = blocked(Duration::MAX).await;
    let waiting: Vec<_> = (0..1024)
        .map(|_| started(hasher.dummy("waiting")))
        .collect();
    drop(waiting);
    let late = started(hasher.hash("late"));
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    late.await.expect("hashed");
    assert_eq!(
        gate.calls.try_iter().count(),
        1,
        "no work is done for abandoned jobs"
    );
}

#[tokio::test]
async fn a_panic_fails_the_job_and_the_worker_continues() {
    let bcrypt: Bcrypt = Arc::new(|cost, salt, key| {
        assert!(!key.starts_with(b"poison"), "on purpose");
        bcrypt::bcrypt(cost, salt, key)
    });
    let hasher = reference_hasher(FAST, &bcrypt);
    let stored = hasher.hash("password").await.expect("hashed");
    assert_eq!(hasher.hash("poison").await, Err(HashError::Failed));
    assert_eq!(
        hasher.verify("poison", &stored).await,
        Err(HashError::Failed)
    );
    assert_eq!(hasher.verify("password", &stored).await, Ok(true));
    hasher.drain().await;
}

#[test]
fn a_panic_is_logged_and_the_job_gets_no_reply() {
    let bcrypt: Bcrypt = Arc::new(|_, _, _| panic!("on purpose"));
    let queue = Queue::new(1, 1, Duration::ZERO, Duration::MAX);
    let salt = [0; 16];
    let (job, mut handle) = Job::digest(new_key("password", &salt).1, salt, 4);
    queue.submit(vec![job]).expect("admitted");
    queue.close();
    let mut log = tempfile::tempfile().expect("a file");
    let writer = Mutex::new(log.try_clone().expect("a second descriptor"));
    let subscriber = tracing_subscriber::fmt().with_writer(writer).finish();
    // Another test may log the same event first, on a thread without a subscriber. With two
    // dispatches alive, tracing asks all subscribers for their interest, not that thread's alone.
    let _second = Dispatch::new(NoSubscriber::default());
    // On a thread of its own, because a worker lowers its priority for good.
    thread::scope(|scope| {
        scope.spawn(|| {
            tracing::subscriber::with_default(subscriber, || {
                worker::run(0, &queue, &reference::factory(&bcrypt));
            });
        });
    });
    assert!(handle.try_take().is_none());
    let mut text = String::new();
    log.rewind().expect("seekable");
    log.read_to_string(&mut text).expect("text");
    for expected in ["ERROR", "hash.worker_broke", "on purpose"] {
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn draining_finishes_admitted_jobs_and_rejects_new_ones() {
    let (hasher, first, gate) = blocked(Duration::MAX).await;
    let second = started(hasher.hash("second"));
    let drained = started(hasher.drain());
    assert_eq!(hasher.hash("third").await, Err(HashError::Failed));
    gate.set(true);
    drained.await;
    hasher.drain().await;
    first.await.expect("no panic").expect("hashed");
    second.await.expect("hashed");
}

#[test]
fn rejects_a_cost_out_of_range() {
    for cost in [0, 3, 16, 31, u32::MAX] {
        let error = Hasher::start(Settings { cost, ..FAST }).expect_err("rejected");
        assert!(matches!(error, HasherStartError::Cost(found) if found == cost));
    }
}

#[test]
fn debug_reveals_nothing() {
    assert_eq!(format!("{:?}", fast_hasher()), "Hasher");
}
