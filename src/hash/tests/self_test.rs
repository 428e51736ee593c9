//! Tests of the self-test of the lanes.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    fast_hasher,
    faulty::{faulty, flip, lane_hasher},
};

#[tokio::test]
async fn lanes_that_fail_the_self_test_are_not_used() {
    let wrong = faulty(|_, digest| flip(digest));
    assert!(!wrong.passes());
    let panicking = faulty(|_, _| panic!("on purpose"));
    assert!(!panicking.passes());
    for engine in [wrong, panicking] {
        let hasher = lane_hasher(engine, 2, 8);
        let stored = hasher.hash("password").await.expect("hashed");
        assert_eq!(fast_hasher().verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.verify("password", &stored).await, Ok(true));
        assert_eq!(hasher.verify("another", &stored).await, Ok(false));
        hasher.drain().await;
        assert_eq!(hasher.mismatches(), 0);
    }
}

#[test]
fn the_self_test_covers_every_position_of_every_number_of_lanes() {
    for bad in 0..36 {
        let count = AtomicUsize::new(0);
        let engine = faulty(move |_, digest| {
            if count.fetch_add(1, Ordering::Relaxed) == bad {
                flip(digest);
            }
        });
        assert!(!engine.passes(), "hash {bad} of 1 + 2 + ... + 8");
    }
}
