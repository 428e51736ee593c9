//! Up to eight hashes side by side, joining and leaving at will; it must not know what the digests are for.

use core::fmt;

use zeroize::Zeroize;

use crate::{Digest, Input, MAX_LANES, eksblowfish, lane::Lane};

/// Hashes that advance together on one core, each with a tag of the caller's. Costs may differ.
///
/// It holds 34 KiB inline; put it into a box where the stack is small. Every lane is wiped when its hash retires or leaves, and
/// all are when this is dropped.
///
/// ```
/// use bcrypt_lanes::{Input, Lanes};
///
/// let mut lanes = Lanes::new();
/// lanes.join(&Input::new(b"correct horse\0", [1; 16], 5)?, "horse").expect("a lane is free");
/// lanes.join(&Input::new(b"battery staple\0", [2; 16], 4)?, "staple").expect("a lane is free");
/// let mut order = Vec::new();
/// while !lanes.is_empty() {
///     lanes.advance(16);
///     while let Some((tag, digest)) = lanes.retire() {
///         assert_eq!(digest.len(), 24);
///         order.push(tag);
///     }
/// }
/// assert_eq!(order, ["staple", "horse"]);
/// # Ok::<(), bcrypt_lanes::InputError>(())
/// ```
pub struct Lanes<T> {
    /// The first ones are in use, side by side.
    states: [Lane; MAX_LANES],
    tags: [Option<T>; MAX_LANES],
    active: usize,
}

impl<T> Lanes<T> {
    /// No hashes yet.
    #[must_use]
    #[expect(
        clippy::large_stack_arrays,
        reason = "without `alloc` the caller decides where it lives"
    )]
    pub const fn new() -> Self {
        Self {
            states: [const { Lane::IDLE }; MAX_LANES],
            tags: [const { None }; MAX_LANES],
            active: 0,
        }
    }

    /// Lanes in use.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.active
    }

    /// Whether no lane is in use.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.active == 0
    }

    /// Whether all [`MAX_LANES`] are in use.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.active == MAX_LANES
    }

    /// Begins a hash in a free lane, or gives the tag back when all [`MAX_LANES`] are in use. Costs half an iteration.
    pub fn join(&mut self, input: &Input<'_>, tag: T) -> Result<(), T> {
        let (Some(lane), Some(place)) = (
            self.states.get_mut(self.active),
            self.tags.get_mut(self.active),
        ) else {
            return Err(tag);
        };
        eksblowfish::begin(lane, input);
        *place = Some(tag);
        self.active += 1;
        Ok(())
    }

    /// Advances every lane by up to this many iterations, less when a hash has none left before that. Returns how many it was:
    /// 0 when no lane is in use, or while a hash that is done waits for [`Lanes::retire`].
    pub fn advance(&mut self, iterations: u32) -> u32 {
        let Some(lanes) = self.states.get_mut(..self.active) else {
            return 0;
        };
        let shortest = lanes
            .iter()
            .map(|lane| lane.remaining)
            .min()
            .unwrap_or_default();
        let iterations = iterations.min(shortest);
        eksblowfish::iterate(lanes, iterations);
        iterations
    }

    /// Takes one hash that is done out of its lane, with its tag; the order among several is not defined.
    pub fn retire(&mut self) -> Option<(T, Digest)> {
        let position = self
            .states
            .iter()
            .take(self.active)
            .position(|lane| lane.remaining == 0)?;
        let digest = eksblowfish::digest(self.states.get(position)?);
        let tag = self.vacate(position)?;
        Some((tag, digest))
    }

    /// Lets the hashes leave whose tags are not kept, wherever they are in their work.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let mut position = 0;
        while let Some(Some(tag)) = self.tags.get(position) {
            if keep(tag) {
                position += 1;
            } else {
                self.vacate(position);
            }
        }
    }

    /// Wipes a lane in use and closes the gap with the last one.
    fn vacate(&mut self, position: usize) -> Option<T> {
        let last = self.active.checked_sub(1)?;
        self.states.swap(position, last);
        self.tags.swap(position, last);
        self.states.get_mut(last)?.zeroize();
        self.active = last;
        self.tags.get_mut(last)?.take()
    }
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Lanes<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lanes")
            .field("len", &self.active)
            .finish_non_exhaustive()
    }
}
