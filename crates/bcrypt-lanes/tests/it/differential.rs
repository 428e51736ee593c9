//! Comparison with the `bcrypt` crate.

use std::thread;

use bcrypt_lanes::{Input, InputError, MAX_COST, MAX_KEY, MAX_LANES, digests};

use crate::cases::{Case, Random, compute_together};

/// Inputs for each number of lanes.
const CASES: usize = 10_000;

#[test]
fn ten_thousand_random_inputs_for_each_number_of_lanes() {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for worker in 0..workers {
            // A multiple of 840 gives full groups of every size from 1 to 8.
            let share = CASES.div_ceil(workers).next_multiple_of(840);
            scope.spawn(move || compare(u64::try_from(worker).unwrap(), share));
        }
    });
}

fn compare(seed: u64, count: usize) {
    let mut random = Random::new(seed);
    let cases: Vec<_> = (0..count).map(|_| Case::random(&mut random, 4)).collect();
    let expected: Vec<_> = cases.iter().map(Case::reference).collect();
    for lanes in 1..=MAX_LANES {
        for (cases, expected) in cases.chunks_exact(lanes).zip(expected.chunks_exact(lanes)) {
            assert_eq!(compute_together(cases), expected, "{lanes} lanes");
        }
    }
}

#[test]
fn every_password_length_up_to_the_limit_and_beyond() {
    let mut random = Random::new(72);
    for length in 0..=MAX_KEY + 1 {
        let mut case = Case::random(&mut random, 4);
        case.key = random.bytes(length);
        case.key.push(0);
        case.key.truncate(MAX_KEY);
        assert_eq!(
            digests([case.input()]),
            [case.reference()],
            "{length} bytes"
        );
    }
}

#[test]
fn every_cost_up_to_10() {
    let mut random = Random::new(10);
    for cost in 0..=10 {
        let case = Case::random(&mut random, cost);
        assert_eq!(digests([case.input()]), [case.reference()], "cost {cost}");
    }
}

#[test]
fn more_inputs_than_lanes_keep_their_order() {
    let mut random = Random::new(19);
    let cases: [Case; 19] =
        std::array::from_fn(|number| Case::random(&mut random, [4, 6, 5][number % 3]));
    let expected = cases.each_ref().map(Case::reference);
    assert_eq!(digests(cases.each_ref().map(Case::input)), expected);
    assert_eq!(digests([]), [[0; 24]; 0]);
}

#[test]
fn rejects_keys_and_costs_that_bcrypt_does_not_define() {
    let error = |key: &[u8], cost| Input::new(key, [0; 16], cost).unwrap_err();
    assert_eq!(error(b"", 4), InputError::KeyLength(0));
    assert_eq!(error(&[0; MAX_KEY + 1], 4), InputError::KeyLength(73));
    assert_eq!(error(b"\0", MAX_COST + 1), InputError::Cost(32));
}

#[test]
fn debug_hides_key_and_salt() {
    let input = Input::new(b"canary\0", *b"canary in a mine", 4).unwrap();
    assert_eq!(format!("{input:?}"), "Input { cost: 4, .. }");
}
