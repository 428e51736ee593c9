//! The key schedule for many lanes: its rounds have as few instructions as possible.
//!
//! Both halves of a block share one register, so eight lanes need eight registers. Each round
//! rotates the register by half, which moves the changed half to where the next round reads. Every
//! other round mixes in two round keys at once.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is constant or counts up to the length of its array, so the compiler drops the \
              checks"
)]

use core::hint::black_box;

use crate::lane::{KEY_PAIRS, Lane, TABLE_PAIRS, low_bytes, split};

/// Replaces all round keys and tables.
///
/// `narrow` has the same loops. A shared function with the encryption as a closure took 4 to 28 %
/// longer, presumably because the blocks then go through memory.
pub(crate) fn schedule<const N: usize>(lanes: &mut [Lane; N]) {
    let mut blocks = [0; N];
    for pair in 0..KEY_PAIRS {
        encrypt(lanes, &mut blocks);
        for (lane, block) in lanes.iter_mut().zip(blocks) {
            lane.round_keys[pair] = block;
        }
    }
    for table in 0..4 {
        for pair in 0..TABLE_PAIRS {
            encrypt(lanes, &mut blocks);
            for (lane, block) in lanes.iter_mut().zip(blocks) {
                lane.set_pair(table, pair, split(block));
            }
        }
    }
}

/// Encrypts one block of each lane.
#[expect(
    clippy::inline_always,
    reason = "the blocks must stay in registers from one to the next"
)]
#[inline(always)]
pub(crate) fn encrypt<const N: usize>(lanes: &[Lane; N], blocks: &mut [u64; N]) {
    for (lane, block) in lanes.iter().zip(&mut *blocks) {
        *block ^= lane.round_keys[0];
    }
    // Four rounds per step. Sixteen unrolled rounds are no faster, and slower if two hyper-threads
    // share a core, presumably because each has half of the cache of decoded instructions.
    for quarter in 0..4 {
        round(lanes, blocks, |_| 0);
        round(lanes, blocks, |lane| lane.round_keys[2 * quarter + 1]);
        round(lanes, blocks, |_| 0);
        round(lanes, blocks, |lane| lane.round_keys[2 * quarter + 2]);
    }
    for block in blocks {
        *block = block.rotate_left(32);
    }
}

/// Computes one Feistel round of every lane. It mixes in the keys that are due: for the half that
/// changes now, and for the half that changes next.
#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round<const N: usize>(lanes: &[Lane; N], blocks: &mut [u64; N], keys: impl Fn(&Lane) -> u64) {
    for (lane, block) in lanes.iter().zip(blocks) {
        let changes = u64::from(lane.substitute(low_bytes(*block)));
        // It costs nothing and keeps the lanes in order. Without it the compiler splits the blocks
        // of all lanes before the first look-up, and runs out of registers with seven or eight
        // lanes.
        black_box(());
        *block = block.rotate_left(32) ^ keys(lane) ^ changes;
    }
}
