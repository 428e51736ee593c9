//! The self-test of the lanes: their digests must equal those of the `bcrypt` crate.

use std::panic::{self, AssertUnwindSafe};

use bcrypt_lanes::MAX_LANES;

use super::sample;
use crate::hash::{pool::kernel::Kernel, stored::Digest};

/// The lowest cost of a stored hash.
const COST: u32 = 4;

/// Returns whether the kernels compute the digests of the `bcrypt` crate, for each number of lanes.
/// A panic is a failure.
pub(super) fn passes(new_kernel: impl Fn() -> Box<dyn Kernel>) -> bool {
    let test =
        AssertUnwindSafe(|| (1..=MAX_LANES).all(|lanes| is_correct(new_kernel().as_mut(), lanes)));
    panic::catch_unwind(test).unwrap_or(false)
}

fn is_correct(kernel: &mut dyn Kernel, lanes: usize) -> bool {
    let mut handles: Vec<_> = (1..=lanes)
        .map(|number| sample::join(kernel, number, COST))
        .collect();
    // The slowest kernel needs one step per iteration. One that needs more is broken.
    for _ in 0..1 << COST {
        kernel.advance();
        while let Some((job, digest)) = kernel.retire() {
            job.complete(Digest::of(&digest));
        }
    }
    (1..).zip(&mut handles).all(|(number, handle)| {
        let (salt, key) = (sample::salt(number), sample::key(number));
        let expected = Digest::of(&bcrypt::bcrypt(COST, salt, key.as_bytes()));
        handle
            .try_take()
            .is_some_and(|digest| digest.matches(&expected))
    })
}
