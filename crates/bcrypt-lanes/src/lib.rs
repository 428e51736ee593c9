//! bcrypt in lanes: several independent hashes advanced together on one core, in safe Rust.
//!
//! One bcrypt hash is a chain of dependent table look-ups, which leaves most of a core idle.
//! Different hashes do not depend on each other. Advanced in one loop they fill the core, and each
//! takes a fraction of the time. The digests are those of bcrypt, bit for bit.
//!
//! This crate computes raw digests only. The caller provides salts, the text form of a stored hash
//! and the comparison in constant time. The README lists the pitfalls.
//!
//! - [`digests`] computes a fixed number of hashes at once.
//! - [`Lanes`] is resumable: hashes of any cost join and leave between iterations.
//!
//! ```
//! use bcrypt_lanes::{Input, digests};
//!
//! // The key of a `$2b$` hash is the password and a NUL, cut at 72 bytes.
//! let salt = *b"sixteen bytes !!";
//! let [right, wrong] = digests([
//!     Input::new(b"correct horse\0", salt, 4)?,
//!     Input::new(b"battery staple\0", salt, 4)?,
//! ]);
//! assert_ne!(right, wrong);
//! # Ok::<(), bcrypt_lanes::InputError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod eksblowfish;
mod lane;
mod lanes;
mod narrow;
mod pi;
mod wide;

use core::{error, fmt};

pub use lanes::Lanes;

/// The highest number of hashes in one loop. Eight states of 4.25 KiB fit a first-level data cache
/// of 48 KiB. Use fewer lanes if the cache is smaller.
pub const MAX_LANES: usize = 8;

/// The longest key in bytes: Blowfish's 18 round keys of four bytes each.
pub const MAX_KEY: usize = 72;

/// The highest cost: 2 to the power of 31 iterations.
pub const MAX_COST: u32 = 31;

/// The output of bcrypt. Stored hashes omit the last byte.
pub type Digest = [u8; 24];

/// The input of one hash.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    key: &'a [u8],
    salt: [u8; 16],
    cost: u32,
}

impl<'a> Input<'a> {
    /// Takes a key of 1 to [`MAX_KEY`] bytes, a salt and a cost of at most [`MAX_COST`].
    ///
    /// The key of a `$2b$` hash is the password and a NUL, cut at 72 bytes. Costs below 4 are
    /// computed too, but no stored hash may have them.
    pub const fn new(key: &'a [u8], salt: [u8; 16], cost: u32) -> Result<Self, InputError> {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(InputError::KeyLength(key.len()));
        }
        if cost > MAX_COST {
            return Err(InputError::Cost(cost));
        }
        Ok(Self { key, salt, cost })
    }
}

/// Omits key and salt.
impl fmt::Debug for Input<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Input")
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

/// An input that cannot be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputError {
    /// The key is empty or longer than [`MAX_KEY`].
    KeyLength(usize),
    /// The cost is above [`MAX_COST`].
    Cost(u32),
}

impl fmt::Display for InputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyLength(length) => write!(
                formatter,
                "a bcrypt key has 1 to {MAX_KEY} bytes, not {length}"
            ),
            Self::Cost(cost) => {
                write!(formatter, "a bcrypt cost is at most {MAX_COST}, not {cost}")
            }
        }
    }
}

impl error::Error for InputError {}

/// Returns the digests of all inputs in order. Up to [`MAX_LANES`] of them share a loop at a time.
#[must_use]
pub fn digests<const N: usize>(inputs: [Input<'_>; N]) -> [Digest; N] {
    let mut lanes = Lanes::new();
    let mut digests = [[0; 24]; N];
    let mut waiting = inputs.iter().zip(&mut digests).peekable();
    while waiting.peek().is_some() || !lanes.is_empty() {
        while !lanes.is_full()
            && let Some((input, digest)) = waiting.next()
        {
            drop(lanes.join(input, digest));
        }
        lanes.advance(u32::MAX);
        while let Some((place, digest)) = lanes.retire() {
            *place = digest;
        }
    }
    digests
}
