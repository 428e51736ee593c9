//! The state of one hash, with its table look-ups and updates.
//!
//! B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)", 1993.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is a byte into 256 words, or a count of pairs that ends with the array it \
              points into; so the compiler drops the checks, and `get` would bring them back"
)]

use zeroize::Zeroize;

/// The 18 round keys, which are replaced and mixed two at a time.
pub(crate) const KEY_PAIRS: usize = 9;

/// The 256 words of each table, which are replaced two at a time.
pub(crate) const TABLE_PAIRS: usize = 128;

/// The state of one hash, 4.25 KiB. All states that advance together should fit the first-level
/// data cache.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct Lane {
    pub(crate) tables: [[u32; 256]; 4],
    pub(crate) round_keys: [u64; KEY_PAIRS],
    /// Key and salt, repeated to the length that the schedule reads. So the loop assembles no words
    /// from bytes.
    pub(crate) key: [u64; KEY_PAIRS],
    pub(crate) salt: [u64; KEY_PAIRS],
    /// Iterations that remain. Each is two key schedules.
    pub(crate) remaining: u32,
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

    /// Replaces two adjacent words of a table.
    #[inline]
    pub(crate) fn set_pair(&mut self, table: usize, pair: usize, words: [u32; 2]) {
        self.tables[table][2 * pair..2 * pair + 2].copy_from_slice(&words);
    }

    /// Computes Blowfish's F, the table look-ups of half a block. The bytes of the half are given
    /// from the lowest to the highest.
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

/// Joins two words to a block. The first word is the lower half.
#[inline]
pub(crate) fn join([first, second]: [u32; 2]) -> u64 {
    u64::from(first) | u64::from(second) << 32
}

/// Returns the two words of a block.
#[inline]
pub(crate) fn split(block: u64) -> [u32; 2] {
    [block, block >> 32].map(|word| u32::from_le_bytes(low_bytes(word)))
}

/// Returns the bytes of the lower half, lowest first.
#[inline]
pub(crate) fn low_bytes(block: u64) -> [u8; 4] {
    let [fourth, third, second, first, ..] = block.to_le_bytes();
    [fourth, third, second, first]
}
