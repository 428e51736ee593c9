//! Inputs from a fixed seed, so that a failure is reproducible.

use bcrypt_lanes::{Digest, Input, Lanes, MAX_KEY, MAX_LANES};

/// `SplitMix64` (Steele, Lea and Flood 2014). It is random enough for test inputs, and portable.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// Returns mostly noise. Sometimes all bytes are equal, or nearly all bits are zero, which
    /// would reveal an error with signs or with the repetition of the key.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let kind = self.below(8);
        let fixed = [0, 0xff, 0x80, 0x7f][self.below(4)];
        (0..length)
            .map(|_| match kind {
                0 => fixed,
                1 => self.next().to_le_bytes()[0] & 1,
                _ => self.next().to_le_bytes()[0],
            })
            .collect()
    }
}

/// One hash to compute.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) key: Vec<u8>,
    pub(crate) salt: [u8; 16],
    pub(crate) cost: u32,
}

impl Case {
    pub(crate) fn random(random: &mut Random, cost: u32) -> Self {
        let length = 1 + random.below(MAX_KEY);
        let salt = random.bytes(16).try_into().unwrap();
        Self {
            key: random.bytes(length),
            salt,
            cost,
        }
    }

    pub(crate) fn input(&self) -> Input<'_> {
        Input::new(&self.key, self.salt, self.cost).unwrap()
    }

    /// Returns the digest of the `bcrypt` crate.
    pub(crate) fn reference(&self) -> Digest {
        bcrypt::bcrypt(self.cost, self.salt, &self.key)
    }
}

/// Computes at most eight cases together in the lanes, from start to finish.
pub(crate) fn compute_together(cases: &[Case]) -> Vec<Digest> {
    assert!(cases.len() <= MAX_LANES);
    let mut lanes = Lanes::new();
    for (number, case) in cases.iter().enumerate() {
        lanes.join(&case.input(), number).unwrap();
    }
    let mut digests = vec![[0; 24]; cases.len()];
    while !lanes.is_empty() {
        lanes.advance(u32::MAX);
        while let Some((number, digest)) = lanes.retire() {
            digests[number] = digest;
        }
    }
    digests
}
