//! The key schedule of few lanes, made for the shortest wait from one round to the next; it must not know costs, keys or salts.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is constant or counts up to the length of what it points into, so the compiler drops the checks"
)]

use core::{hint::black_box, mem};

use crate::lane::{KEY_PAIRS, Lane, TABLE_PAIRS, join, split};

/// Makes all round keys and tables anew.
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

/// Encrypts one block a lane. The rounds are written out: in a loop four lanes take 5 % longer.
#[expect(
    clippy::inline_always,
    reason = "the halves have to stay in registers from one block to the next"
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

/// One Feistel round of every lane, with the key of the next round mixed in: lane after lane, so that while one waits for its
/// tables the others go on.
#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round<const N: usize, const KEY: usize>(
    lanes: &[Lane; N],
    source: &[u32; N],
    target: &mut [u32; N],
) {
    for ((lane, source), target) in lanes.iter().zip(source).zip(target) {
        // Known long before the tables answer. Left alone, the compiler mixes the key in last, which lengthens the chain that
        // one lane is made of.
        let keyed = black_box(*target ^ round_key(lane, KEY));
        *target = keyed ^ lane.substitute(source.to_le_bytes());
    }
}

#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round_key(lane: &Lane, number: usize) -> u32 {
    split(lane.round_keys[number / 2])[number % 2]
}
