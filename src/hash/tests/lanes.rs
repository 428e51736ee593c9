//! Tests of hashing in several lanes at once.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{
    FAST,
    faulty::{faulty_after_self_test, lane_hasher},
    started,
};
use crate::hash::{Engine, HashError, Hasher, Settings};

#[tokio::test]
async fn concurrent_passwords_do_not_affect_each_other() {
    let workers = NonZeroUsize::new(2);
    let hasher = Hasher::start(Settings { workers, ..FAST }).expect("starts");
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
    let matching: Vec<_> = (0..80)
        .map(|place| started(hasher.verify(&passwords[place], &stored[place])))
        .collect();
    let crossed: Vec<_> = (0..80)
        .map(|place| started(hasher.verify(&passwords[place], &stored[(place + 1) % 80])))
        .collect();
    for login in matching {
        assert_eq!(login.await, Ok(true));
    }
    for login in crossed {
        assert_eq!(login.await, Ok(false));
    }
    for (password, stored) in passwords.iter().zip(&stored) {
        let result = reference.verify(password, stored).await;
        assert_eq!(result, Ok(true), "the reference agrees");
    }
    hasher.drain().await;
    assert_eq!(hasher.mismatches(), 0);
}

#[tokio::test]
async fn a_panic_fails_all_jobs_of_the_worker_and_it_continues() {
    let is_poisoned = Arc::new(AtomicBool::new(false));
    let poison = Arc::clone(&is_poisoned);
    let engine = faulty_after_self_test(move |_, _| {
        assert!(!poison.load(Ordering::Relaxed), "on purpose");
    });
    let hasher = lane_hasher(engine, 2, 8);
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
async fn an_abandoned_job_frees_its_lane() {
    let done = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&done);
    let engine = faulty_after_self_test(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let hasher = lane_hasher(engine, 2, 8);
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
