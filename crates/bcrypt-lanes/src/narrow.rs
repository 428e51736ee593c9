//! The key schedule for few lanes: it has the shortest latency from one round to the next.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is constant or counts up to the length of its array, so the compiler drops the \
              checks"
)]

use core::{hint::black_box, mem};

use crate::lane::{KEY_PAIRS, Lane, TABLE_PAIRS, join, split};

/// Replaces all round keys and tables.
pub(crate) fn schedule<const N: usize>(lanes: &mut [Lane; N]) {
    let (mut left, mut right) = ([0; N], [0; N]);
    for pair in 0..KEY_PAIRS {
        encrypt(lanes, &mut left, &mut right);
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            lane.round_keys[pair] = join([left, right]);
        }
    }
    for table in 0..4 {
        for pair in 0..TABLE_PAIRS {
            encrypt(lanes, &mut left, &mut right);
            for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
                lane.set_pair(table, pair, [left, right]);
            }
        }
    }
}

/// Encrypts one block of each lane. The rounds are unrolled: in a loop, four lanes take 5 % longer.
#[expect(
    clippy::inline_always,
    reason = "the halves must stay in registers from one block to the next"
)]
#[inline(always)]
fn encrypt<const N: usize>(lanes: &[Lane; N], left: &mut [u32; N], right: &mut [u32; N]) {
    for (lane, left) in lanes.iter().zip(&mut *left) {
        *left ^= round_key(lane, 0);
    }
    round::<N, 1>(lanes, left, right);
    round::<N, 2>(lanes, right, left);
    round::<N, 3>(lanes, left, right);
    round::<N, 4>(lanes, right, left);
    round::<N, 5>(lanes, left, right);
    round::<N, 6>(lanes, right, left);
    round::<N, 7>(lanes, left, right);
    round::<N, 8>(lanes, right, left);
    round::<N, 9>(lanes, left, right);
    round::<N, 10>(lanes, right, left);
    round::<N, 11>(lanes, left, right);
    round::<N, 12>(lanes, right, left);
    round::<N, 13>(lanes, left, right);
    round::<N, 14>(lanes, right, left);
    round::<N, 15>(lanes, left, right);
    round::<N, 16>(lanes, right, left);
    for (lane, right) in lanes.iter().zip(&mut *right) {
        *right ^= round_key(lane, 17);
    }
    mem::swap(left, right);
}

/// Computes one Feistel round of every lane, and mixes in the key of the next round. The lanes
/// alternate, so that the others advance while one waits for its tables.
#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round<const N: usize, const KEY: usize>(
    lanes: &[Lane; N],
    source: &[u32; N],
    target: &mut [u32; N],
) {
    for ((lane, source), target) in lanes.iter().zip(source).zip(target) {
        // The key is known long before the look-ups finish. Without `black_box` the compiler mixes
        // it in last, which lengthens the dependency chain of the lane.
        let keyed = black_box(*target ^ round_key(lane, KEY));
        *target = keyed ^ lane.substitute(source.to_le_bytes());
    }
}

#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round_key(lane: &Lane, number: usize) -> u32 {
    split(lane.round_keys[number / 2])[number % 2]
}
