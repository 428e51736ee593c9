//! Tests of the limiter as time passes and networks come and go.

use std::{net::Ipv4Addr, time::Duration};

use governor::{clock::FakeRelativeClock, state::keyed::ShrinkableKeyedStateStore};

use super::*;
use crate::domain::rate_limit::limit_name::LimitName;

fn limiter(quota: u32, capacity: usize) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let rate_limit = RateLimit {
        name: LimitName::LogIn,
        quota,
        window: Some(Duration::from_mins(1)),
    };
    (Limiter::new(rate_limit, capacity, &clock), clock)
}

fn remaining(left: u32, seconds: u64) -> RemainingQuota {
    RemainingQuota {
        left,
        full_in: Duration::from_secs(seconds),
    }
}

fn network(number: u32) -> Network {
    Network::of(Ipv4Addr::from(number).into())
}

#[test]
fn reports_the_remaining_quota_and_refills_it_gradually() {
    let (limiter, clock) = limiter(3, 10);
    let check = || limiter.check(&[network(1)]).map(Option::unwrap);
    assert_eq!(check().unwrap(), remaining(2, 20));
    assert_eq!(check().unwrap(), remaining(1, 40));
    assert_eq!(check().unwrap(), remaining(0, 60));
    let exceeded = check().unwrap_err();
    assert_eq!(exceeded.retry_after, Duration::from_secs(20));
    assert!(limiter.check(&[network(2)]).is_ok());
    clock.advance(Duration::from_secs(20));
    assert_eq!(check().unwrap(), remaining(0, 60));
    assert!(check().is_err());
    clock.advance(Duration::from_mins(1));
    assert_eq!(check().unwrap(), remaining(2, 20));
}

#[test]
fn memory_is_bounded_and_full_buckets_are_evicted() {
    let (limiter, clock) = limiter(2, 1_000);
    let known = network(0);
    assert!(limiter.check(&[known]).is_ok());
    for number in 1..50_000 {
        let _passed = limiter.check(&[network(number)]);
    }
    assert!(limiter.buckets.len() <= 1_000 + 1_024);
    // A network from before the flood keeps its own bucket; the flood shares the overflow buckets.
    assert!(limiter.check(&[known]).is_ok());
    assert!(limiter.check(&[known]).is_err());
    let passed = (50_000..60_000).filter(|number| limiter.check(&[network(*number)]).is_ok());
    assert_eq!(passed.count(), 0);
    clock.advance(Duration::from_mins(2));
    let passed = (60_000..61_000).filter(|number| limiter.check(&[network(*number)]).is_ok());
    assert_eq!(passed.count(), 1_000);
    assert!(limiter.buckets.len() <= 1_000 + 1_024);
}

#[test]
fn wider_networks_have_several_quotas() {
    let (limiter, clock) = limiter(2, 1_000);
    let passed = |addresses: &[String]| {
        let pass = |address: &&String| limiter.check(&Network::all_of_text(address)).is_ok();
        addresses.iter().filter(pass).count()
    };
    let addresses = |prefix: &str| -> Vec<_> {
        (0..100)
            .map(|number| format!("{prefix}{number:02x}::1"))
            .collect()
    };
    // One /64, one /56 and one /48, with a hundred requests each.
    let one = vec![String::from("2001:db8:1:0::1"); 100];
    assert_eq!(passed(&one), 2);
    assert_eq!(passed(&addresses("2001:db8:1:00")), 4 * 2 - 2);
    assert_eq!(passed(&addresses("2001:db8:1:a")), 4 * 2);
    let many: Vec<_> = (0x10..0x90_u32)
        .map(|number| format!("2001:db8:1:{number:02x}00::1"))
        .collect();
    assert_eq!(passed(&many), 16 * 2 - 2 * 4 * 2);
    assert_eq!(passed(&addresses("2001:db8:2:00")), 4 * 2);
    // A flood from one /64 is rejected before it counts for the wider networks.
    clock.advance(Duration::from_mins(1));
    assert_eq!(passed(&one), 2);
    assert_eq!(passed(&addresses("2001:db8:1:00")), 4 * 2 - 2);
}
