//! Tests of the choice of the number of lanes.

use std::time::Duration;

use crate::hash::engine::calibration::Timings;

#[test]
fn chooses_the_best_throughput_that_at_most_doubles_the_time_of_a_login() {
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
fn a_later_measurement_corrects_a_disturbed_one() {
    let disturbed = Timings::of_micros([90, 98, 120, 175, 211, 264, 315, 364]);
    assert_eq!(disturbed.best(8).lanes, 3);
    let quiet = Timings::of_micros([47, 48, 51, 54, 62, 70, 78, 87]);
    assert_eq!(disturbed.shortest(quiet).best(8).lanes, 8);
    assert_eq!(quiet.shortest(disturbed).best(8).lanes, 8);
}
