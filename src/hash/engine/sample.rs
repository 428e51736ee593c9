//! Fixed jobs for the self-test and for calibration.

use std::array;

use crate::hash::{
    key::BcryptKey,
    pool::{
        job::{Job, JobHandle},
        kernel::Kernel,
    },
    stored::{Digest, new_key},
};

/// Adds the sample job of this number to a kernel.
pub(super) fn join(kernel: &mut dyn Kernel, number: usize, cost: u32) -> JobHandle<Digest> {
    let (job, handle) = Job::digest(key(number), salt(number), cost);
    kernel.join(job);
    handle
}

/// Returns a key whose length depends on the number, so that no two lanes can be mistaken.
pub(super) fn key(number: usize) -> BcryptKey {
    new_key(&"daemun".repeat(2 * number), &salt(number)).1
}

/// Returns a salt whose bytes depend on the number.
pub(super) fn salt(number: usize) -> [u8; 16] {
    array::from_fn(|place| u8::try_from(number * 29 + place).unwrap_or(u8::MAX))
}
