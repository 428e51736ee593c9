//! The start, the iterations and the end of a bcrypt hash.
//!
//! N. Provos and D. Mazières, "A Future-Adaptable Password Scheme", USENIX 1999, section 4:
//! `EksBlowfish`, Blowfish with an expensive key schedule.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is constant or counts up to the length of what it points into"
)]

use core::array;

use crate::{
    Digest, Input,
    lane::{KEY_PAIRS, Lane, TABLE_PAIRS, join, split},
    narrow, pi, wide,
};

/// `OrpheanBeholderScryDoubt`, the text that bcrypt encrypts.
const CTEXT: [[u32; 2]; 3] = [
    [0x4f72_7068, 0x6561_6e42],
    [0x6568_6f6c, 0x6465_7253],
    [0x6372_7944, 0x6f75_6274],
];

/// The number of encryptions of each block of that text.
const ENCRYPTIONS: usize = 64;

/// From this many lanes on, a core is full. Then the number of instructions per round limits the
/// speed, and no longer the latency of one lane.
const WIDE: usize = 5;

/// Starts a hash with the schedule that mixes key and salt. It is half the work of an iteration.
pub(crate) fn begin(lane: &mut Lane, input: &Input<'_>) {
    lane.tables = pi::S;
    lane.round_keys = array::from_fn(|pair| join([pi::P[2 * pair], pi::P[2 * pair + 1]]));
    lane.key = repeated(input.key);
    lane.salt = repeated(&input.salt);
    lane.remaining = 1 << input.cost;
    mix(&mut lane.round_keys, &lane.key);
    let mut block = [0];
    for pair in 0..KEY_PAIRS + 4 * TABLE_PAIRS {
        block[0] ^= lane.salt[pair % 2];
        // One lane uses the wide loop here and at the end, because its code is shorter and this is
        // a tiny part of the work.
        wide::encrypt(array::from_ref(lane), &mut block);
        if let Some(pair) = pair.checked_sub(KEY_PAIRS) {
            lane.set_pair(pair / TABLE_PAIRS, pair % TABLE_PAIRS, split(block[0]));
        } else {
            lane.round_keys[pair] = block[0];
        }
    }
}

/// Advances all lanes by the same number of iterations, which each of them must have left. Up to
/// eight lanes share a loop.
pub(crate) fn iterate(lanes: &mut [Lane], iterations: u32) {
    // One loop for each number of lanes is compiled here. A generic function would be compiled in
    // the calling crate, perhaps without optimisation.
    match lanes.len() {
        0 => {}
        1 => iterate_chunk::<1>(lanes, iterations),
        2 => iterate_chunk::<2>(lanes, iterations),
        3 => iterate_chunk::<3>(lanes, iterations),
        4 => iterate_chunk::<4>(lanes, iterations),
        5 => iterate_chunk::<5>(lanes, iterations),
        6 => iterate_chunk::<6>(lanes, iterations),
        7 => iterate_chunk::<7>(lanes, iterations),
        _ => iterate_chunk::<8>(lanes, iterations),
    }
}

fn iterate_chunk<const N: usize>(lanes: &mut [Lane], iterations: u32) {
    let Some(lanes) = lanes.first_chunk_mut::<N>() else {
        return;
    };
    let schedule = if N < WIDE {
        narrow::schedule
    } else {
        wide::schedule
    };
    for _ in 0..iterations {
        for lane in &mut *lanes {
            mix(&mut lane.round_keys, &lane.key);
        }
        schedule(lanes);
        for lane in &mut *lanes {
            mix(&mut lane.round_keys, &lane.salt);
        }
        schedule(lanes);
    }
    for lane in lanes {
        lane.remaining = lane.remaining.saturating_sub(iterations);
    }
}

/// Returns the digest of a lane without remaining iterations.
pub(crate) fn digest(lane: &Lane) -> Digest {
    let mut digest = [0; 24];
    for (bytes, text) in digest.chunks_exact_mut(8).zip(CTEXT) {
        let mut block = [join(text)];
        for _ in 0..ENCRYPTIONS {
            wide::encrypt(array::from_ref(lane), &mut block);
        }
        let [left, right] = split(block[0]);
        bytes[..4].copy_from_slice(&left.to_be_bytes());
        bytes[4..].copy_from_slice(&right.to_be_bytes());
    }
    digest
}

fn mix(round_keys: &mut [u64; KEY_PAIRS], words: &[u64; KEY_PAIRS]) {
    for (round_key, word) in round_keys.iter_mut().zip(words) {
        *round_key ^= word;
    }
}

/// Repeats the bytes, as pairs of big-endian words.
fn repeated(bytes: &[u8]) -> [u64; KEY_PAIRS] {
    let mut cycle = bytes.iter().copied().cycle();
    let mut word = || u32::from_be_bytes(array::from_fn(|_| cycle.next().unwrap_or_default()));
    array::from_fn(|_| join([word(), word()]))
}
