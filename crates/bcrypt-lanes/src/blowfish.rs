//! Blowfish with bcrypt's expensive key schedule, for several independent states in one loop; it must not know who owns a state.
//!
//! B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)", 1993, and N. Provos and
//! D. Mazières, "A Future-Adaptable Password Scheme", USENIX 1999, section 4.

#![expect(
    clippy::indexing_slicing,
    reason = "every index here is a byte into 256 words or a constant range into a table of that size, so the compiler drops \
              the checks; `get` would bring them back"
)]

use core::array;

use zeroize::Zeroize;

use crate::{Digest, Input, narrow, pi, wide};

/// `OrpheanBeholderScryDoubt`, which bcrypt encrypts.
const CTEXT: [[u32; 2]; 3] = [
    [0x4f72_7068, 0x6561_6e42],
    [0x6568_6f6c, 0x6465_7253],
    [0x6372_7944, 0x6f75_6274],
];

/// How often bcrypt encrypts each of its blocks.
const ENCRYPTIONS: usize = 64;

/// The 18 round keys are made and mixed two at a time.
pub(crate) const KEY_PAIRS: usize = 9;

/// Each table's 256 words are made two at a time.
pub(crate) const TABLE_PAIRS: usize = 128;

/// From this many lanes on a core has no time to spare: what counts is how many instructions a round has, and no longer how long one
/// lane waits for its answer.
const WIDE: usize = 5;

/// The state of one hash, 4.25 KiB: as many as are advanced together should fit the first-level data cache.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct Lane {
    pub(crate) tables: [[u32; 256]; 4],
    pub(crate) round_keys: [u64; KEY_PAIRS],
    /// Key and salt, repeated to the length that the schedule reads, so that nothing is assembled from bytes inside the loop.
    key: [u64; KEY_PAIRS],
    salt: [u64; KEY_PAIRS],
    remaining: u32,
}

impl Lane {
    /// A lane without a hash.
    pub(crate) const IDLE: Self = Self {
        tables: [[0; 256]; 4],
        round_keys: [0; KEY_PAIRS],
        key: [0; KEY_PAIRS],
        salt: [0; KEY_PAIRS],
        remaining: 0,
    };

    /// Begins a hash: the schedule that mixes key and salt, half an iteration's work.
    pub(crate) fn begin(&mut self, input: &Input<'_>) {
        self.tables = pi::S;
        self.round_keys = array::from_fn(|pair| join([pi::P[2 * pair], pi::P[2 * pair + 1]]));
        self.key = repeated(input.key);
        self.salt = repeated(&input.salt);
        self.remaining = 1 << input.cost;
        mix(&mut self.round_keys, &self.key);
        self.schedule_salted();
    }

    /// Iterations that are left; each is two key schedules.
    pub(crate) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// The digest of a lane that has no iterations left.
    pub(crate) fn digest(&self) -> Digest {
        let mut digest = [0; 24];
        for (bytes, text) in digest.chunks_exact_mut(8).zip(CTEXT) {
            let mut block = [join(text)];
            for _ in 0..ENCRYPTIONS {
                wide::encrypt(array::from_ref(self), &mut block);
            }
            let [left, right] = split(block[0]);
            bytes[..4].copy_from_slice(&left.to_be_bytes());
            bytes[4..].copy_from_slice(&right.to_be_bytes());
        }
        digest
    }

    fn schedule_salted(&mut self) {
        let mut block = [0];
        for pair in 0..KEY_PAIRS + 4 * TABLE_PAIRS {
            block[0] ^= self.salt[pair % 2];
            wide::encrypt(array::from_ref(self), &mut block);
            if let Some(pair) = pair.checked_sub(KEY_PAIRS) {
                self.set_pair(pair / TABLE_PAIRS, pair % TABLE_PAIRS, split(block[0]));
            } else {
                self.round_keys[pair] = block[0];
            }
        }
    }

    /// Replaces two neighbouring words of a table.
    pub(crate) fn set_pair(&mut self, table: usize, pair: usize, words: [u32; 2]) {
        self.tables[table][2 * pair..2 * pair + 2].copy_from_slice(&words);
    }

    /// Blowfish's F: what the tables make of half a block, given as its bytes from the lowest to the highest.
    #[expect(
        clippy::inline_always,
        reason = "a call would cost more than the four look-ups"
    )]
    #[inline(always)]
    pub(crate) fn substitute(&self, [fourth, third, second, first]: [u8; 4]) -> u32 {
        let sum =
            self.tables[0][usize::from(first)].wrapping_add(self.tables[1][usize::from(second)]);
        (sum ^ self.tables[2][usize::from(third)]).wrapping_add(self.tables[3][usize::from(fourth)])
    }
}

impl Zeroize for Lane {
    fn zeroize(&mut self) {
        self.tables.zeroize();
        self.round_keys.zeroize();
        self.key.zeroize();
        self.salt.zeroize();
        self.remaining.zeroize();
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.zeroize();
    }
}

/// Advances all lanes by the same number of iterations, which none of them may lack. Up to eight lanes share a loop.
pub(crate) fn iterate(lanes: &mut [Lane], iterations: u32) {
    // One loop for each number of lanes, compiled here: a generic function would be compiled, perhaps without optimisation,
    // in the crate that calls it.
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

fn mix(round_keys: &mut [u64; KEY_PAIRS], words: &[u64; KEY_PAIRS]) {
    for (round_key, word) in round_keys.iter_mut().zip(words) {
        *round_key ^= word;
    }
}

/// A block of two words, the first one in its lower half.
pub(crate) fn join([first, second]: [u32; 2]) -> u64 {
    u64::from(first) | u64::from(second) << 32
}

/// The two words of a block.
pub(crate) fn split(block: u64) -> [u32; 2] {
    [block, block >> 32].map(|word| u32::from_le_bytes(low_bytes(word)))
}

/// The bytes of the lower half, the lowest one first.
pub(crate) fn low_bytes(block: u64) -> [u8; 4] {
    let [fourth, third, second, first, ..] = block.to_le_bytes();
    [fourth, third, second, first]
}

/// The bytes over and over again, as big-endian words in pairs.
fn repeated(bytes: &[u8]) -> [u64; KEY_PAIRS] {
    let mut cycle = bytes.iter().copied().cycle();
    let mut word = || u32::from_be_bytes(array::from_fn(|_| cycle.next().unwrap_or_default()));
    array::from_fn(|_| join([word(), word()]))
}
