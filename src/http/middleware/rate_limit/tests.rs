//! What the shield does as time passes and networks come

use std::{net::Ipv4Addr, time::Duration};

use governor::{clock::FakeRelativeClock, state::keyed::ShrinkableKeyedStateStore};

use super::*;

fn shield(quota: u32, capacity: usize) -> (Shield<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let policy = RateLimit {
        name: "log-in",
        quota,
        window: Some(Duration::from_mins(1)),
    };
    (Shield::new(policy, capacity, &clock), clock)
}

fn network(number: u32) -> Network {
    Network::of(Ipv4Addr::from(number).into())
}

#[test]
fn tells_what_is_left_and_lets_in_again_one_by_one() {
    let (shield, clock) = shield(3, 10);
    let check = || shield.check(&[network(1)]);
    assert_eq!(check().unwrap(), "\"log-in\";r=2;t=20");
    assert_eq!(check().unwrap(), "\"log-in\";r=1;t=40");
    assert_eq!(check().unwrap(), "\"log-in\";r=0;t=60");
    let refused = check().unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(20));
    assert!(shield.check(&[network(2)]).is_ok());
    clock.advance(Duration::from_secs(20));
    assert_eq!(check().unwrap(), "\"log-in\";r=0;t=60");
    assert!(check().is_err());
    clock.advance(Duration::from_mins(1));
    assert_eq!(check().unwrap(), "\"log-in\";r=2;t=20");
}

#[test]
fn memory_is_bounded_and_the_quiet_are_forgotten() {
    let (shield, clock) = shield(2, 1_000);
    let known = network(0);
    assert!(shield.check(&[known]).is_ok());
    for number in 1..50_000 {
        let _let_in = shield.check(&[network(number)]);
    }
    assert!(shield.buckets.len() <= 1_000 + 1_024);
    // Those who came before the flood are told apart still, and the flood has what its crowd has.
    assert!(shield.check(&[known]).is_ok());
    assert!(shield.check(&[known]).is_err());
    let let_in = (50_000..60_000).filter(|number| shield.check(&[network(*number)]).is_ok());
    assert_eq!(let_in.count(), 0);
    clock.advance(Duration::from_mins(2));
    let let_in = (60_000..61_000).filter(|number| shield.check(&[network(*number)]).is_ok());
    assert_eq!(let_in.count(), 1_000);
    assert!(shield.buckets.len() <= 1_000 + 1_024);
}

#[test]
fn wider_networks_have_several_quotas() {
    let (shield, clock) = shield(2, 1_000);
    let passed = |addresses: &[String]| {
        let pass = |address: &&String| shield.check(&Network::all_of_text(address)).is_ok();
        addresses.iter().filter(pass).count()
    };
    let addresses = |prefix: &str| -> Vec<_> {
        (0..100)
            .map(|number| format!("{prefix}{number:02x}::1"))
            .collect()
    };
    // One /64, one /56 and one /48, each of them tried a hundred times.
    let one = vec![String::from("2001:db8:1:0::1"); 100];
    assert_eq!(passed(&one), 2);
    assert_eq!(passed(&addresses("2001:db8:1:00")), 4 * 2 - 2);
    assert_eq!(passed(&addresses("2001:db8:1:a")), 4 * 2);
    let many: Vec<_> = (0x10..0x90_u32)
        .map(|number| format!("2001:db8:1:{number:02x}00::1"))
        .collect();
    assert_eq!(passed(&many), 16 * 2 - 2 * 4 * 2);
    assert_eq!(passed(&addresses("2001:db8:2:00")), 4 * 2);
    // A flood of one /64 is refused before it counts for those around it.
    clock.advance(Duration::from_mins(1));
    assert_eq!(passed(&one), 2);
    assert_eq!(passed(&addresses("2001:db8:1:00")), 4 * 2 - 2);
}
