//! Hashes and verifies passwords on dedicated threads behind a bounded queue.
//!
//! A password becomes a bcrypt key (`key`), the key a job, and the job waits in the queue of a
//! worker pool (`pool`). The workers compute on lanes, or on the `bcrypt` crate as the reference
//! (`engine`). Lanes are used only after a self-test, and spot checks watch them from then on.
//!
//! Stored forms (`stored`): `$2b$` for passwords that bcrypt reads in full, and passlib's
//! `$bcrypt-sha256$v=2,t=2b` for those over 72 bytes, so no password is ever truncated
//! (<https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html>).
//!
//! Imported accounts may have a hash of another system (`foreign`) until their first login. Unless
//! it is bcrypt, the gate (`gate`) verifies it on threads of its own.

mod engine;
mod error;
mod foreign;
mod gate;
mod key;
mod pool;
mod settings;
mod start;
mod statistics;
mod stored;
mod tune;
mod verify;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use crate::random;
use engine::{LaneEngine, reference::Bcrypt, spot_check::SpotCheck};
use key::BcryptKey;
use pool::job::Job;
use start::HasherInner;
use stored::{Digest, Salt, Scheme, StoredHash};

pub use error::{HashError, HasherStartError};
pub use foreign::{FirebaseParameters, ForeignHashError, ForeignSettings, ImportedHash};
pub use gate::ForeignGate;
pub use pool::cpu::lower_priority;
pub use settings::{Engine, Settings};
pub use statistics::{GateStatistics, HashStatistics};
pub use tune::{Row, Tuning};

/// The password hasher. Clones share its threads, which end after the last clone is dropped or
/// [`Hasher::drain`] is called.
#[derive(Clone)]
pub struct Hasher(Arc<HasherInner>);

impl fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hasher")
    }
}

impl Hasher {
    /// Starts the worker threads with the default engine.
    pub fn start(settings: Settings) -> Result<Self, HasherStartError> {
        Self::start_with(settings, Engine::default())
    }

    /// Starts the worker threads. Returns at once: the lanes are tested in the background.
    pub fn start_with(settings: Settings, engine: Engine) -> Result<Self, HasherStartError> {
        let lanes = match engine {
            Engine::Lanes(limit) => Some((LaneEngine::shared(), limit)),
            Engine::Reference => None,
        };
        let reference: Bcrypt = Arc::new(bcrypt::bcrypt);
        start::start(settings, lanes, &reference).map(|inner| Self(Arc::new(inner)))
    }

    /// Returns the text to store for this password, under a new salt.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let (cost, salt) = (self.0.cost, random::bytes());
        let (scheme, key) = stored::new_key(password, &salt);
        let digest = self.new_digest(&key, salt, cost).await?;
        Ok(StoredHash {
            scheme,
            cost,
            salt,
            digest,
        }
        .write())
    }

    /// Does the work of [`Hasher::verify`] for a login that cannot match, so that its duration
    /// reveals nothing.
    pub async fn dummy(&self, password: &str) -> Result<(), HashError> {
        let salt = random::bytes();
        let (scheme, key) = stored::new_key(password, &salt);
        let digest = Digest::unknown(random::bytes());
        let unknown = StoredHash {
            scheme,
            cost: self.0.cost,
            salt,
            digest,
        };
        self.compare(key, &unknown).await.map(drop)
    }

    /// Returns whether a matching password should be hashed again: the cost is below the configured
    /// one, or the scheme is a legacy one.
    #[must_use]
    pub fn is_outdated(&self, stored: &str) -> bool {
        StoredHash::parse(stored)
            .is_some_and(|stored| stored.cost < self.0.cost || stored.scheme == Scheme::Legacy)
    }

    /// Returns whether every lane is in use. Optional work, such as a new hash at login, is better
    /// skipped then.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.pool.queue().is_busy()
    }

    /// Returns the error that [`Hasher::hash`] would return now for lack of capacity. Callers check
    /// it before other work.
    pub fn admits(&self) -> Result<(), HashError> {
        self.0.pool.queue().admits(1 << self.0.cost)
    }

    /// Returns how often lanes and reference have computed different digests: 0 on a sound machine.
    #[must_use]
    pub fn mismatches(&self) -> u64 {
        self.0.spot_check.as_ref().map_or(0, SpotCheck::mismatches)
    }

    /// Rejects new work, finishes the admitted work and ends the threads. It may be called again.
    pub async fn drain(&self) {
        self.0.pool.drain().await;
        if let Some(spot_check) = &self.0.spot_check {
            spot_check.drain().await;
        }
    }

    /// Computes a digest to be stored. Lanes compute it twice, at the same time if capacity allows.
    async fn new_digest(
        &self,
        key: &BcryptKey,
        salt: Salt,
        cost: u32,
    ) -> Result<Digest, HashError> {
        let queue = self.0.pool.queue();
        let job = || Job::digest(key.clone(), salt, cost);
        let (first_job, first) = job();
        let Some(spot_check) = self.spot_check() else {
            queue.submit(vec![first_job])?;
            return first.wait().await;
        };
        if queue.capacity() < 2 {
            queue.submit(vec![first_job])?;
            return spot_check.confirm(first.wait().await?, None, job()).await;
        }
        let (second_job, second) = job();
        queue.submit(vec![first_job, second_job])?;
        let (first, second) = (first.wait().await?, second.wait().await?);
        spot_check.confirm(first, Some(second), job()).await
    }

    async fn compare(&self, key: BcryptKey, stored: &StoredHash) -> Result<bool, HashError> {
        let (job, handle) = Job::comparison(key, stored.salt, stored.cost, stored.digest.clone());
        self.0.pool.queue().submit(vec![job])?;
        handle.wait().await
    }

    /// Returns the spot checks, unless the reference computes everything.
    fn spot_check(&self) -> Option<&SpotCheck> {
        let spot_check = self.0.spot_check.as_ref();
        spot_check.filter(|spot_check| spot_check.is_needed())
    }
}
