//! Tests of the gate of hashes of other systems.

use std::time::Duration;

use tokio::task::JoinSet;

use super::{
    fast_hasher,
    foreign::{MIB, gate, plain_gate},
};
use crate::hash::{ForeignSettings, HashError};

#[tokio::test]
async fn a_verification_that_waits_for_memory_is_rejected_at_the_deadline() {
    let settings = ForeignSettings {
        memory: 64 * MIB,
        ..ForeignSettings::default()
    };
    // A verification takes a few tenths of a second, and one runs at a time.
    let gate = gate(settings, 2, Duration::from_secs(1));
    let hasher = fast_hasher();
    let hash = "A".repeat(43);
    let slow = format!("$argon2id$v=19$m=65536,t=10,p=1$c2FsdHNhbHQ${hash}");
    let mut verifications = JoinSet::new();
    for _ in 0..12 {
        let (hasher, gate, slow) = (hasher.clone(), gate.clone(), slow.clone());
        verifications.spawn(async move { hasher.verify_any(&gate, "password", &slow).await });
    }
    let results = verifications.join_all().await;
    let is_rejected = |result: &&Result<bool, HashError>| matches!(result, Err(HashError::Overloaded { retry_after }) if retry_after.as_secs() == 1);
    let shed = results.iter().filter(is_rejected).count();
    let verified = results.iter().filter(|result| **result == Ok(false));
    assert!(shed > 0 && verified.count() + shed == 12, "{results:?}");
    assert_eq!(gate.statistics().shed, u64::try_from(shed).expect("few"));
    gate.drain().await;
    let statistics = gate.statistics();
    assert_eq!((statistics.waiting, statistics.running), (0, 0));
}

#[tokio::test]
async fn a_drained_gate_rejects_new_work() {
    let (hasher, gate) = (fast_hasher(), plain_gate());
    gate.drain().await;
    gate.drain().await;
    let hash = format!("pbkdf2_sha256$1$s${}", "A".repeat(43));
    let result = hasher.verify_any(&gate, "password", &hash).await;
    assert_eq!(result, Err(HashError::Failed));
}
