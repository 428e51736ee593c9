//! The key schedule of many lanes, made of as few instructions as a round can have; it must not know costs, keys or salts.
//!
//! Both halves of a block share one register, so that eight lanes need eight. A round turns it by half, which puts the half that
//! was changed where the next round reads, and every other round mixes in two round keys at once.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is constant or counts up to the length of what it points into, so the compiler drops the checks"
)]

use core::hint::black_box;

use crate::lane::{KEY_PAIRS, Lane, TABLE_PAIRS, low_bytes, split};

/// Makes all round keys and tables anew. `narrow` walks the same way: one walk that was given the encryption as a closure took 4 to 28 %
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

/// Encrypts one block a lane.
#[expect(
    clippy::inline_always,
    reason = "the blocks have to stay in registers from one to the next"
)]
#[inline(always)]
pub(crate) fn encrypt<const N: usize>(lanes: &[Lane; N], blocks: &mut [u64; N]) {
    for (lane, block) in lanes.iter().zip(&mut *blocks) {
        *block ^= lane.round_keys[0];
    }
    // Four rounds at a time: all sixteen written out are no faster, and slower where two threads share a core, presumably because
    // each has half of its store of decoded instructions.
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

/// One Feistel round of every lane, with the keys that are due: for the half that is changed now, and the one to be changed next.
#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn round<const N: usize>(lanes: &[Lane; N], blocks: &mut [u64; N], keys: impl Fn(&Lane) -> u64) {
    for (lane, block) in lanes.iter().zip(blocks) {
        let changes = u64::from(lane.substitute(low_bytes(*block)));
        // Costs nothing and keeps the lanes in order. Left alone, the compiler takes the blocks of all lanes apart before the first
        // look-up; with seven or eight of them it runs out of registers.
        black_box(());
        *block = block.rotate_left(32) ^ keys(lane) ^ changes;
    }
}
