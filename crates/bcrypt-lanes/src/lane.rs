//! The state of one hash, how it is looked into and how it is replaced; it must not know in which order that is done.
//!
//! B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)", 1993.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is a byte into 256 words, or comes from a count of pairs that ends with what it points into, so the \
              compiler drops the checks; `get` would bring them back"
)]

use zeroize::Zeroize;

/// The 18 round keys are made and mixed two at a time.
pub(crate) const KEY_PAIRS: usize = 9;

/// Each table's 256 words are made two at a time.
pub(crate) const TABLE_PAIRS: usize = 128;

/// The state of one hash, 4.25 KiB: as many as are advanced together should fit the first-level data cache.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct Lane {
    pub(crate) tables: [[u32; 256]; 4],
    pub(crate) round_keys: [u64; KEY_PAIRS],
    /// Key and salt, repeated to the length that the schedule reads, so that nothing is assembled from bytes inside the loop.
    pub(crate) key: [u64; KEY_PAIRS],
    pub(crate) salt: [u64; KEY_PAIRS],
    /// Iterations that are left; each is two key schedules.
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

    /// Replaces two neighbouring words of a table.
    #[inline]
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

/// A block of two words, the first one in its lower half.
#[inline]
pub(crate) fn join([first, second]: [u32; 2]) -> u64 {
    u64::from(first) | u64::from(second) << 32
}

/// The two words of a block.
#[inline]
pub(crate) fn split(block: u64) -> [u32; 2] {
    [block, block >> 32].map(|word| u32::from_le_bytes(low_bytes(word)))
}

/// The bytes of the lower half, the lowest one first.
#[inline]
pub(crate) fn low_bytes(block: u64) -> [u8; 4] {
    let [fourth, third, second, first, ..] = block.to_le_bytes();
    [fourth, third, second, first]
}
