//! Blowfish with bcrypt's expensive key schedule, for several independent states in one loop; it must not know who owns a state.
//!
//! B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)", 1993, and N. Provos and
//! D. Mazières, "A Future-Adaptable Password Scheme", USENIX 1999, section 4.

#![expect(
    clippy::indexing_slicing,
    reason = "every index here is a byte into 256 words or a constant range into a table of that size, so the compiler drops \
              the checks; `get` would bring them back"
)]

use core::{array, hint::black_box};

use zeroize::Zeroize;

use crate::{Digest, Input, pi};

/// `OrpheanBeholderScryDoubt`, which bcrypt encrypts.
const CTEXT: [[u32; 2]; 3] = [
    [0x4f72_7068, 0x6561_6e42],
    [0x6568_6f6c, 0x6465_7253],
    [0x6372_7944, 0x6f75_6274],
];

/// How often bcrypt encrypts each of its blocks.
const ENCRYPTIONS: usize = 64;

const ROUND_KEYS: usize = 18;

/// From this many lanes on, the processor's ports are full and extra moves cost more than a shorter chain gains.
const WIDE: usize = 5;

/// The state of one hash, 4.25 KiB: as many as are advanced together should fit the first-level data cache.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct Lane {
    tables: [[u32; 256]; 4],
    round_keys: [u32; ROUND_KEYS],
    /// Key and salt, repeated to the length that the schedule reads, so that nothing is assembled from bytes inside the loop.
    key: [u32; ROUND_KEYS],
    salt: [u32; ROUND_KEYS],
    remaining: u32,
}

impl Lane {
    /// A lane without a hash.
    pub(crate) const IDLE: Self = Self {
        tables: [[0; 256]; 4],
        round_keys: [0; ROUND_KEYS],
        key: [0; ROUND_KEYS],
        salt: [0; ROUND_KEYS],
        remaining: 0,
    };

    /// Begins a hash: the schedule that mixes key and salt, half an iteration's work.
    pub(crate) fn begin(&mut self, input: &Input<'_>) {
        self.tables = pi::S;
        self.round_keys = pi::P;
        self.key = words(input.key);
        self.salt = words(&input.salt);
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
        for (bytes, [left, right]) in digest.chunks_exact_mut(8).zip(CTEXT) {
            let (mut left, mut right) = ([left], [right]);
            for _ in 0..ENCRYPTIONS {
                encrypt(array::from_ref(self), &mut left, &mut right);
            }
            bytes[..4].copy_from_slice(&left[0].to_be_bytes());
            bytes[4..].copy_from_slice(&right[0].to_be_bytes());
        }
        digest
    }

    fn schedule_salted(&mut self) {
        let (mut left, mut right) = ([0], [0]);
        let [first, second, third, fourth, ..] = self.salt;
        let salt = [[first, second], [third, fourth]];
        for pair in 0..ROUND_KEYS / 2 + 4 * 128 {
            left[0] ^= salt[pair % 2][0];
            right[0] ^= salt[pair % 2][1];
            encrypt(array::from_ref(self), &mut left, &mut right);
            let target = match pair.checked_sub(ROUND_KEYS / 2) {
                None => &mut self.round_keys[2 * pair..],
                Some(pair) => &mut self.tables[pair / 128][2 * (pair % 128)..],
            };
            target[0] = left[0];
            target[1] = right[0];
        }
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

fn mix(round_keys: &mut [u32; ROUND_KEYS], words: &[u32; ROUND_KEYS]) {
    for (round_key, word) in round_keys.iter_mut().zip(words) {
        *round_key ^= word;
    }
}

fn schedule<const N: usize>(lanes: &mut [Lane; N]) {
    let (mut left, mut right) = ([0; N], [0; N]);
    for pair in 0..ROUND_KEYS / 2 {
        encrypt(lanes, &mut left, &mut right);
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            lane.round_keys[2 * pair] = left;
            lane.round_keys[2 * pair + 1] = right;
        }
    }
    for table in 0..4 {
        for pair in 0..128 {
            encrypt(lanes, &mut left, &mut right);
            for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
                lane.tables[table][2 * pair] = left;
                lane.tables[table][2 * pair + 1] = right;
            }
        }
    }
}

/// Encrypts one block a lane. The rounds are written out because the compiler would keep them a loop.
#[expect(
    clippy::inline_always,
    reason = "the halves have to stay in registers from one block to the next"
)]
#[inline(always)]
fn encrypt<const N: usize>(lanes: &[Lane; N], left: &mut [u32; N], right: &mut [u32; N]) {
    for (lane, left) in lanes.iter().zip(&mut *left) {
        *left ^= lane.round_keys[0];
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
        *right ^= lane.round_keys[17];
    }
    core::mem::swap(left, right);
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
        let keyed = *target ^ lane.round_keys[KEY];
        let keyed = if N < WIDE { black_box(keyed) } else { keyed };
        *target = keyed ^ substitute(&lane.tables, *source);
    }
}

#[expect(clippy::inline_always, reason = "see `encrypt`")]
#[inline(always)]
fn substitute(tables: &[[u32; 256]; 4], half: u32) -> u32 {
    let [fourth, third, second, first] = half.to_le_bytes().map(usize::from);
    let sum = tables[0][first].wrapping_add(tables[1][second]);
    (sum ^ tables[2][third]).wrapping_add(tables[3][fourth])
}

/// The bytes over and over again, as big-endian words.
fn words(bytes: &[u8]) -> [u32; ROUND_KEYS] {
    let mut cycle = bytes.iter().copied().cycle();
    array::from_fn(|_| u32::from_be_bytes(array::from_fn(|_| cycle.next().unwrap_or_default())))
}
