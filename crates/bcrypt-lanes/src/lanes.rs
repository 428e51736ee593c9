//! Up to eight hashes that advance together, and join and leave at any time.

use core::fmt;

use zeroize::Zeroize;

use crate::{Digest, Input, MAX_LANES, eksblowfish, lane::Lane};

/// Hashes that advance together on one core, each with a tag of the caller. Costs may differ.
///
/// The value holds 34 KiB inline; box it if the stack is small. Each lane is wiped when its hash
/// retires or leaves. Dropping the value wipes all lanes.
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
    /// The first `active` ones are in use.
    states: [Lane; MAX_LANES],
    tags: [Option<T>; MAX_LANES],
    active: usize,
}

impl<T> Lanes<T> {
    /// Creates lanes without hashes.
    #[must_use]
    #[expect(
        clippy::large_stack_arrays,
        reason = "without `alloc` the caller decides where it is stored"
    )]
    pub const fn new() -> Self {
        Self {
            states: [const { Lane::IDLE }; MAX_LANES],
            tags: [const { None }; MAX_LANES],
            active: 0,
        }
    }

    /// Returns the number of lanes in use.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.active
    }

    /// Returns whether no lane is in use.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.active == 0
    }

    /// Returns whether all [`MAX_LANES`] are in use.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.active == MAX_LANES
    }

    /// Starts a hash in a free lane, which takes half an iteration. Returns the tag as an error if
    /// all [`MAX_LANES`] are in use.
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

    /// Advances every lane by up to this many iterations, or fewer if a hash finishes before.
    /// Returns the number: 0 if no lane is in use, or while a finished hash waits for
    /// [`Lanes::retire`].
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

    /// Removes one finished hash and returns its tag and digest. The order of several finished
    /// hashes is not defined.
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

    /// Removes the hashes whose tags are not kept, whether they are finished or not.
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
