//! Tests of the spot checks by the reference.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    fast_hasher,
    faulty::{faulty_after_self_test, flip, lane_hasher},
};

#[tokio::test]
async fn a_wrong_new_digest_is_never_stored() {
    let count = AtomicUsize::new(0);
    let every_third = faulty_after_self_test(move |_, digest| {
        if count.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
            flip(digest);
        }
    });
    let (hasher, sound) = (lane_hasher(every_third, 2, 8), fast_hasher());
    for _ in 0..30 {
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(sound.verify("password", &stored).await, Ok(true));
    }
    assert!(hasher.mismatches() >= 15);
}

#[tokio::test]
async fn the_reference_detects_a_fault_that_both_computations_share() {
    let engine = faulty_after_self_test(|_, digest| flip(digest));
    let hasher = lane_hasher(engine, 2, 8);
    for _ in 0..64 {
        hasher.hash("password").await.expect("hashed");
    }
    assert_eq!(hasher.mismatches(), 1, "one in 64");
    hasher.hash("password").await.expect("hashed");
    assert_eq!(hasher.mismatches(), 2);
}

#[tokio::test]
async fn the_reference_confirms_every_new_digest_of_a_single_lane() {
    let engine = faulty_after_self_test(|_, digest| flip(digest));
    let (hasher, sound) = (lane_hasher(engine, 1, 1), fast_hasher());
    for number in 1..=5 {
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(sound.verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.mismatches(), number);
    }
}

#[tokio::test]
async fn a_sample_of_rejected_passwords_is_checked_again() {
    let stored = fast_hasher().hash("password").await.expect("hashed");
    let engine = faulty_after_self_test(|_, digest| flip(digest));
    let hasher = lane_hasher(engine, 2, 8);
    for _ in 0..128 {
        let result = hasher.verify("password", &stored).await;
        assert_eq!(result, Ok(false), "wrongly");
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 2, "two in 128");
}

#[tokio::test]
async fn rejecting_a_wrong_password_is_no_mismatch() {
    let hasher = fast_hasher();
    let stored = hasher.hash("password").await.expect("hashed");
    for _ in 0..130 {
        assert_eq!(hasher.verify("another", &stored).await, Ok(false));
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 0);
}
