//! The lanes, and the watch over them when they compute wrongly.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bcrypt_lanes::Lanes;

use super::{FAST, fast, started};
use crate::hash::{
    Engine, HashError, Hasher, Settings,
    engine::{
        Kernel, RawDigest,
        calibration::{LaneEngine, Timings},
    },
    pool::job::Job,
    start::start,
};

/// What becomes of a digest that the lanes have computed.
type Fault = Arc<dyn Fn(&Job, &mut RawDigest) + Send + Sync>;

/// Real lanes with a fault that shows when a hash is done.
struct Faulty(Lanes<Job>, Fault);

impl Kernel for Faulty {
    fn join(&mut self, job: Job) {
        Kernel::join(&mut self.0, job);
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn advance(&mut self) -> u32 {
        Kernel::advance(&mut self.0)
    }
    fn retire(&mut self) -> Option<(Job, RawDigest)> {
        let (job, mut digest) = self.0.retire()?;
        (self.1)(&job, &mut digest);
        Some((job, digest))
    }
    fn drop_abandoned(&mut self) {
        self.0.drop_abandoned();
    }
}

fn faulty(fault: impl Fn(&Job, &mut RawDigest) + Send + Sync + 'static) -> LaneEngine {
    let fault: Fault = Arc::new(fault);
    LaneEngine::new(move || Box::new(Faulty(Lanes::new(), Arc::clone(&fault))))
}

/// A fault that shows only after the lanes have been trusted.
fn faulty_after_self_test(
    fault: impl Fn(&Job, &mut RawDigest) + Send + Sync + 'static,
) -> LaneEngine {
    let is_later = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_later);
    let implementation = faulty(move |job, digest| {
        if switch.load(Ordering::Relaxed) {
            fault(job, digest);
        }
    });
    assert!(implementation.passes());
    is_later.store(true, Ordering::Relaxed);
    implementation
}

/// A service on these lanes. Two workers are two places to compute from the first moment on, one with a single lane is one.
fn lane_hasher(implementation: LaneEngine, workers: usize, limit: usize) -> Hasher {
    let settings = Settings {
        workers: NonZeroUsize::new(workers),
        deadline: Duration::MAX,
        ..FAST
    };
    let limit = NonZeroUsize::new(limit).expect("not zero");
    let lanes = Some((Arc::new(implementation), limit));
    Hasher(Arc::new(
        start(settings, lanes, Arc::new(bcrypt::bcrypt)).expect("starts"),
    ))
}

fn flip(digest: &mut RawDigest) {
    digest[0] ^= 1;
}

#[tokio::test]
async fn many_passwords_at_once_are_each_their_own() {
    let hasher = Hasher::start(Settings {
        workers: NonZeroUsize::new(2),
        ..FAST
    })
    .expect("starts");
    let reference = Hasher::start_with(FAST, Engine::Reference).expect("starts");
    let passwords: Vec<_> = (0..80).map(|length| "é".repeat(length)).collect();
    let new: Vec<_> = passwords
        .iter()
        .map(|password| started(hasher.hash(password)))
        .collect();
    let mut stored = Vec::new();
    for hash in new {
        stored.push(hash.await.expect("hashed"));
    }
    let checks: Vec<_> = (0..80)
        .map(|place| started(hasher.verify(&passwords[place], &stored[place])))
        .collect();
    let crossed: Vec<_> = (0..80)
        .map(|place| started(hasher.verify(&passwords[place], &stored[(place + 1) % 80])))
        .collect();
    for check in checks {
        assert_eq!(check.await, Ok(true));
    }
    for check in crossed {
        assert_eq!(check.await, Ok(false));
    }
    for (password, stored) in passwords.iter().zip(&stored) {
        assert_eq!(
            reference.verify(password, stored).await,
            Ok(true),
            "the reference agrees"
        );
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 0);
}

#[tokio::test]
async fn lanes_that_fail_the_self_test_are_not_used() {
    let wrong = faulty(|_, digest| flip(digest));
    assert!(!wrong.passes());
    let broken = faulty(|_, _| panic!("on purpose"));
    assert!(!broken.passes());
    for implementation in [wrong, broken] {
        let hasher = lane_hasher(implementation, 2, 8);
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(fast().verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.verify("another", &stored).await, Ok(false));
        hasher.drain().await;
        assert_eq!(hasher.mismatches(), 0);
    }
}

#[test]
fn the_self_test_tries_every_position_of_every_number_of_lanes() {
    for bad in 0..36 {
        let count = AtomicUsize::new(0);
        let slip = faulty(move |_, digest| {
            if count.fetch_add(1, Ordering::Relaxed) == bad {
                flip(digest);
            }
        });
        assert!(!slip.passes(), "hash {bad} of 1 + 2 + ... + 8");
    }
}

#[tokio::test]
async fn a_wrong_new_digest_is_never_stored() {
    let count = AtomicUsize::new(0);
    let every_third = faulty_after_self_test(move |_, digest| {
        if count.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
            flip(digest);
        }
    });
    let (hasher, sound) = (lane_hasher(every_third, 2, 8), fast());
    for _ in 0..30 {
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(sound.verify("password", &stored).await, Ok(true));
    }
    assert!(hasher.mismatches() >= 15);
}

#[tokio::test]
async fn a_fault_that_both_computations_share_is_seen_by_the_reference() {
    let hasher = lane_hasher(faulty_after_self_test(|_, digest| flip(digest)), 2, 8);
    for _ in 0..64 {
        hasher.hash("password").await.expect("hashed");
    }
    assert_eq!(hasher.mismatches(), 1, "one in 64");
    hasher.hash("password").await.expect("hashed");
    assert_eq!(hasher.mismatches(), 2);
}

#[tokio::test]
async fn with_a_single_lane_the_reference_confirms() {
    let (hasher, sound) = (
        lane_hasher(faulty_after_self_test(|_, digest| flip(digest)), 1, 1),
        fast(),
    );
    for number in 1..=5 {
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(sound.verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.mismatches(), number);
    }
}

#[tokio::test]
async fn a_sample_of_the_refusals_is_computed_again() {
    let stored = fast().hash("password").await.expect("hashed");
    let hasher = lane_hasher(faulty_after_self_test(|_, digest| flip(digest)), 2, 8);
    for _ in 0..128 {
        assert_eq!(
            hasher.verify("password", &stored).await,
            Ok(false),
            "wrongly"
        );
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 2, "two in 128");
}

#[tokio::test]
async fn right_refusals_are_no_disagreement() {
    let hasher = fast();
    let stored = hasher.hash("password").await.expect("hashed");
    for _ in 0..130 {
        assert_eq!(hasher.verify("another", &stored).await, Ok(false));
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 0);
}

#[tokio::test]
async fn a_panic_denies_all_lanes_of_the_worker_and_it_begins_afresh() {
    let is_poisoned = Arc::new(AtomicBool::new(false));
    let poison = Arc::clone(&is_poisoned);
    let hasher = lane_hasher(
        faulty_after_self_test(move |_, _| assert!(!poison.load(Ordering::Relaxed), "on purpose")),
        2,
        8,
    );
    let stored = hasher.hash("password").await.expect("hashed");
    is_poisoned.store(true, Ordering::Relaxed);
    let logins: Vec<_> = (0..8)
        .map(|_| started(hasher.verify("password", &stored)))
        .collect();
    for login in logins {
        assert_eq!(login.await, Err(HashError::Failed));
    }
    is_poisoned.store(false, Ordering::Relaxed);
    assert_eq!(hasher.verify("password", &stored).await, Ok(true));
}

#[tokio::test]
async fn who_hangs_up_leaves_his_lane() {
    let done = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&done);
    let hasher = lane_hasher(
        faulty_after_self_test(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        }),
        2,
        8,
    );
    // Cost 15 takes seconds.
    let slow = "$2b$15$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    let logins: Vec<_> = (0..20)
        .map(|_| started(hasher.verify("password", slow)))
        .collect();
    drop(logins);
    hasher.dummy("password").await.expect("computed");
    hasher.drain().await;
    assert_eq!(done.load(Ordering::Relaxed), 1);
}

#[test]
fn takes_the_best_throughput_that_keeps_a_log_in_within_twice_its_time_alone() {
    let timings = Timings::of_micros([50, 60, 70, 80, 85, 90, 98, 101]);
    let lanes = |limit| timings.best(limit).lanes;
    assert_eq!(lanes(8), 7, "8 would be better, but takes more than 100");
    assert_eq!(lanes(4), 4);
    assert_eq!(lanes(1), 1);
    assert_eq!(lanes(0), 1);
    assert_eq!(lanes(99), 7);
    assert_eq!(timings.best(4).round, Duration::from_micros(20));
    let small_cache = Timings::of_micros([50, 60, 80, 90, 160, 220, 300, 400]);
    assert_eq!(small_cache.best(8).lanes, 4);
    let no_gain = Timings::of_micros([50, 101, 152, 203, 254, 305, 356, 407]);
    assert_eq!(no_gain.best(8).lanes, 1);
}

#[test]
fn a_disturbed_measurement_does_not_decide_for_good() {
    let disturbed = Timings::of_micros([90, 98, 120, 175, 211, 264, 315, 364]);
    assert_eq!(disturbed.best(8).lanes, 3);
    let quiet = Timings::of_micros([47, 48, 51, 54, 62, 70, 78, 87]);
    assert_eq!(disturbed.fastest(quiet).best(8).lanes, 8);
    assert_eq!(quiet.fastest(disturbed).best(8).lanes, 8);
}
