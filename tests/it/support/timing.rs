//! A comparison of the response times of two calls: interleaved samples and a permutation test.

use std::time::{Duration, Instant};

use super::call::Call;

/// The permutations that are tried. They can show a chance below one in ten thousand.
const PERMUTATIONS: u32 = 20_000;

/// The significance level: rarer differences count as real.
const SIGNIFICANT: f64 = 0.000_1;

/// The smallest relevant difference, as a share of the time. A smaller one is noise of a busy
/// machine, or takes more attempts than the limits allow.
const RELEVANT: f64 = 0.1;

/// A measured comparison.
#[derive(Debug)]
pub struct Comparison {
    pub medians: [Duration; 2],
    /// The probability of a difference of medians as large as this one by chance.
    pub chance: f64,
}

impl Comparison {
    /// Times two kinds of calls in turns, and alternates the first of each pair. `call` returns the
    /// call of a kind (0 or 1) and a round.
    pub fn measure(rounds: usize, mut call: impl FnMut(usize, usize) -> Call) -> Self {
        let mut samples = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            for turn in [round % 2, 1 - round % 2] {
                let call = call(turn, round);
                let started = Instant::now();
                drop(call.send());
                samples[turn].push(started.elapsed());
            }
        }
        Self::of(&samples)
    }

    fn of(samples: &[Vec<Duration>; 2]) -> Self {
        let medians = samples.clone().map(|mut samples| median(&mut samples));
        let seen = medians[0].abs_diff(medians[1]);
        let first = samples[0].len();
        let mut all = samples.concat();
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let mut as_large = 1;
        for _permutation in 0..PERMUTATIONS {
            for place in (1..all.len()).rev() {
                all.swap(place, below(&mut random, place + 1));
            }
            let (one, other) = all.split_at_mut(first);
            if median(one).abs_diff(median(other)) >= seen {
                as_large += 1;
            }
        }
        Self {
            medians,
            chance: f64::from(as_large) / f64::from(PERMUTATIONS + 1),
        }
    }

    /// Asserts that the two cannot be distinguished. Prints the measurement.
    #[track_caller]
    pub fn assert_alike(&self, what: &str) {
        let [one, other] = self.medians.map(|median| median.as_secs_f64());
        let difference = (one - other).abs() / one.min(other);
        eprintln!(
            "{what}: medians {:.3} ms and {:.3} ms, {:.1} % apart, by chance {:.4}",
            one * 1e3,
            other * 1e3,
            difference * 1e2,
            self.chance
        );
        assert!(
            self.chance >= SIGNIFICANT || difference <= RELEVANT,
            "{what}: reported apart, {self:?}"
        );
    }
}

fn median(samples: &mut [Duration]) -> Duration {
    let middle = samples.len() / 2;
    *samples.select_nth_unstable(middle).1
}

/// Returns a number below `end` by xorshift64*, which is random enough for a permutation.
fn below(state: &mut u64, end: usize) -> usize {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    let high = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
    usize::try_from(high).unwrap() % end
}

#[test]
fn a_difference_is_significant_and_noise_is_not() {
    let noise = |number: u64| Duration::from_micros(1_000 + number * 7_919 % 101);
    let samples =
        |shift: u64| (0..150).map(move |number| noise(number) + Duration::from_micros(shift));
    let reported = Comparison::of(&[samples(0).collect(), samples(300).collect()]);
    assert!(reported.chance < SIGNIFICANT, "{reported:?}");
    let alike = Comparison::of(&[
        (0..150).map(noise).collect(),
        (150..300).map(noise).collect(),
    ]);
    assert!(alike.chance > 0.01, "{alike:?}");
}
