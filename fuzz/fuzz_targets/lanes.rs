//! Any schedule of hashes that join, leave and retire gives the digests of the `bcrypt` crate.
//!
//! `cargo +nightly fuzz run lanes`
#![no_main]

use bcrypt_lanes::{Input, Lanes};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

#[derive(Arbitrary, Debug)]
enum Step {
    Join(Hash),
    /// The hashes whose number has these low bits.
    Leave(u8),
    Advance(u8),
    Retire,
}

#[derive(Arbitrary, Clone, Debug)]
struct Hash {
    key: Vec<u8>,
    salt: [u8; 16],
    cost: u8,
}

fuzz_target!(|steps: Vec<Step>| {
    let mut lanes = Lanes::new();
    for (number, step) in steps.into_iter().take(64).enumerate() {
        match step {
            Step::Join(hash) => join(&mut lanes, number, hash),
            Step::Leave(bits) => lanes.retain(|(number, _)| number % 4 != usize::from(bits % 4)),
            Step::Advance(iterations) => {
                lanes.advance(u32::from(iterations));
            }
            Step::Retire => {
                retire(&mut lanes);
            }
        }
    }
    while !lanes.is_empty() {
        lanes.advance(u32::MAX);
        while retire(&mut lanes).is_some() {}
    }
});

fn join(lanes: &mut Lanes<(usize, Hash)>, number: usize, mut hash: Hash) {
    hash.cost %= 6;
    let tag = (number, hash.clone());
    let is_possible = (1..=72).contains(&hash.key.len());
    match Input::new(&hash.key, hash.salt, u32::from(hash.cost)) {
        Ok(input) => {
            assert!(is_possible);
            let was_full = lanes.is_full();
            assert_eq!(lanes.join(&input, tag).is_err(), was_full);
        }
        Err(_) => assert!(!is_possible),
    }
}

fn retire(lanes: &mut Lanes<(usize, Hash)>) -> Option<()> {
    let ((_, hash), digest) = lanes.retire()?;
    assert_eq!(
        digest,
        bcrypt::bcrypt(u32::from(hash.cost), hash.salt, &hash.key)
    );
    Some(())
}
