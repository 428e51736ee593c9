//! Hashes that join, leave and retire in any order do not affect the others.

use bcrypt_lanes::{Lanes, MAX_LANES};

use crate::cases::{Case, Random, compute_together};

#[test]
fn a_hash_does_not_depend_on_its_position_or_on_other_lanes() {
    let mut random = Random::new(8);
    for lanes in 1..=MAX_LANES {
        let mut cases: Vec<_> = (0..lanes).map(|_| Case::random(&mut random, 4)).collect();
        let mut expected: Vec<_> = cases.iter().map(Case::reference).collect();
        for _ in 0..lanes {
            assert_eq!(compute_together(&cases), expected, "{lanes} lanes");
            cases.rotate_left(1);
            expected.rotate_left(1);
        }
        cases.reverse();
        expected.reverse();
        assert_eq!(compute_together(&cases), expected, "{lanes} lanes");
        let twins = vec![cases[0].clone(); lanes];
        assert_eq!(
            compute_together(&twins),
            vec![expected[0]; lanes],
            "{lanes} lanes"
        );
    }
}

#[test]
fn random_schedules_of_mixed_costs() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut lanes = Lanes::new();
        let mut left = Vec::new();
        let mut retired = 0;
        while retired < 40 {
            while !lanes.is_full() && random.below(3) > 0 {
                let cost = u32::try_from(random.below(8)).unwrap();
                let case = Case::random(&mut random, cost);
                let number = random.next();
                lanes
                    .join(&case.clone().input(), (number, case))
                    .ok()
                    .unwrap();
            }
            if random.below(6) == 0 {
                let removed = random.next() % 4;
                lanes.retain(|(number, _)| {
                    let is_kept = number % 4 != removed;
                    if !is_kept {
                        left.push(*number);
                    }
                    is_kept
                });
            }
            lanes.advance(u32::try_from(1 + random.below(40)).unwrap());
            while let Some(((number, case), digest)) = lanes.retire() {
                assert!(!left.contains(&number), "it was removed");
                assert_eq!(digest, case.reference(), "seed {seed}");
                retired += 1;
            }
        }
    }
}

#[test]
fn all_lanes_can_be_used_and_no_more() {
    let case = Case::random(&mut Random::new(9), 4);
    let mut lanes = Lanes::new();
    for number in 0..MAX_LANES {
        assert!(!lanes.is_full());
        assert_eq!(lanes.len(), number);
        lanes.join(&case.input(), number).unwrap();
    }
    assert!(lanes.is_full());
    assert_eq!(lanes.join(&case.input(), 99), Err(99), "the tag comes back");
    lanes.retain(|&number| number == 3);
    assert_eq!(lanes.len(), 1);
    while lanes.advance(5) > 0 {}
    assert_eq!(lanes.retire(), Some((3, case.reference())));
    assert_eq!(lanes.retire(), None);
    assert!(lanes.is_empty());
}

#[test]
fn a_finished_hash_waits_until_it_is_retired() {
    let mut random = Random::new(4);
    let (short, long) = (Case::random(&mut random, 4), Case::random(&mut random, 5));
    let mut lanes = Lanes::new();
    assert_eq!(lanes.advance(1), 0, "no lane is in use");
    lanes.join(&long.input(), "long").unwrap();
    lanes.join(&short.input(), "short").unwrap();
    assert_eq!(lanes.retire(), None, "no hash is finished");
    assert_eq!(lanes.advance(10), 10);
    assert_eq!(lanes.advance(10), 6, "then one is finished");
    assert_eq!(lanes.advance(10), 0, "and blocks the other");
    assert_eq!(lanes.retire(), Some(("short", short.reference())));
    assert_eq!(lanes.advance(u32::MAX), 16);
    assert_eq!(lanes.retire(), Some(("long", long.reference())));
}

#[test]
fn tags_are_dropped_with_the_lanes() {
    let tag = std::rc::Rc::new(());
    let case = Case::random(&mut Random::new(5), 4);
    let mut lanes = Lanes::new();
    lanes.join(&case.input(), tag.clone()).unwrap();
    lanes.join(&case.input(), tag.clone()).unwrap();
    lanes.retain(|_| false);
    assert_eq!(std::rc::Rc::strong_count(&tag), 1);
    lanes.join(&case.input(), tag.clone()).unwrap();
    assert_eq!(format!("{lanes:?}"), "Lanes { len: 1, .. }");
    drop(lanes);
    assert_eq!(std::rc::Rc::strong_count(&tag), 1);
}
