//! What callers see of queue, workers and stop.

use std::{
    io::{Read, Seek},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use super::{FAST, Gate, blocked, fast, reference_hasher, started};
use crate::hash::{
    HashError, Hasher, HasherStartError, Settings,
    engine::Bcrypt,
    pool::{
        job::Job,
        queue::Queue,
        worker::{self, Source},
    },
    stored::new_key,
};

#[tokio::test]
async fn a_log_in_that_cannot_match_does_the_work_of_one_that_can() {
    let (gate, bcrypt) = Gate::new();
    let hasher = reference_hasher(FAST, bcrypt);
    gate.begun.recv().expect("the start-up estimate");
    hasher.dummy("password").await.expect("computed");
    assert_eq!(gate.begun.try_iter().count(), 1);
    let long = "x".repeat(73);
    let plain = "$2b$04$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for (password, stored) in [("password", ""), ("password", "damaged"), (&long, plain)] {
        assert!(!hasher.verify(password, stored).await.expect("computed"));
        assert_eq!(gate.begun.try_iter().count(), 1, "{stored}");
    }
}

#[tokio::test]
async fn who_would_wait_too_long_is_refused_before_any_work() {
    let (hasher, first, gate) = blocked(Duration::ZERO).await;
    let refusal = hasher.hash("second").await.expect_err("no lane is free");
    assert!(
        matches!(refusal, HashError::Overloaded { retry_after } if retry_after >= Duration::from_secs(1))
    );
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    assert_eq!(
        gate.begun.try_iter().count(),
        0,
        "the second was never begun"
    );
}

#[tokio::test]
async fn the_queue_is_bounded_in_length_too() {
    let (hasher, first, gate) = blocked(Duration::MAX).await;
    let waiting: Vec<_> = (0..1024)
        .map(|_| started(hasher.dummy("waiting")))
        .collect();
    let refusal = hasher.dummy("one too many").await.expect_err("full");
    assert!(matches!(refusal, HashError::Overloaded { .. }));
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    for job in waiting {
        job.await.expect("computed");
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_makes_room() {
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
        gate.begun.try_iter().count(),
        1,
        "no work is done for those who hung up"
    );
}

#[tokio::test]
async fn a_panic_denies_and_the_worker_goes_on() {
    let bcrypt: Bcrypt = Arc::new(|cost, salt, key| {
        assert!(!key.starts_with(b"poison"), "on purpose");
        bcrypt::bcrypt(cost, salt, key)
    });
    let hasher = reference_hasher(FAST, bcrypt);
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
fn a_worker_that_breaks_is_reported_and_nothing_is_accepted() {
    let bcrypt: Bcrypt = Arc::new(|_, _, _| panic!("on purpose"));
    let queue = Queue::new(1, 1, Duration::ZERO, Duration::MAX);
    let salt = [0; 16];
    let (job, mut answer) = Job::digest(new_key("password", &salt).1, salt, 4);
    queue.submit(vec![job]).expect("admitted");
    queue.close();
    let mut log = tempfile::tempfile().expect("a file");
    let writer = Mutex::new(log.try_clone().expect("a second descriptor"));
    let subscriber = tracing_subscriber::fmt().with_writer(writer).finish();
    // A thread of its own, because a worker lowers its priority for good.
    thread::scope(|scope| {
        scope.spawn(|| {
            tracing::subscriber::with_default(subscriber, || {
                worker::run(0, &queue, &Source::Reference(bcrypt));
            });
        });
    });
    assert!(answer.take().is_none());
    let mut text = String::new();
    log.rewind().expect("seekable");
    log.read_to_string(&mut text).expect("text");
    for told in ["ERROR", "hash.worker_broke", "on purpose"] {
        assert!(text.contains(told), "{text}");
    }
}

#[tokio::test]
async fn draining_finishes_what_was_admitted_and_refuses_the_rest() {
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
fn refuses_a_cost_out_of_bounds() {
    for cost in [0, 3, 16, 31, u32::MAX] {
        let refused = Hasher::start(Settings { cost, ..FAST }).expect_err("refused");
        assert!(matches!(refused, HasherStartError::Cost(told) if told == cost));
    }
}

#[test]
fn debug_tells_nothing() {
    assert_eq!(format!("{:?}", fast()), "Hasher");
}
