//! Makes and checks password hashes on threads of its own, behind a bounded queue; it must not know accounts, requests or the
//! database.
//!
//! A password becomes a key (`key`) in one of two stored forms (`format`), the key a job (`job`), and the job waits in a queue
//! (`queue`) for one of the workers (`crew`, `worker`). They compute in lanes or on the `bcrypt` crate, the reference (`kernel`).
//! Lanes are tried out first (`trial`) and watched ever after (`audit`).
//!
//! Stored forms: `$2b$` for passwords that bcrypt reads whole, and passlib's `$bcrypt-sha256$v=2,t=2b` for those over 72 bytes
//! (<https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html>), so nothing is ever cut off.

mod engine;
mod error;
mod key;
mod pool;
mod settings;
mod start;
mod stored;
mod tune;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use crate::clock;

use self::{
    engine::{calibration::LaneEngine, spot_check::SpotCheck},
    key::BcryptKey,
    pool::{WorkerPool, job::Job},
    stored::{Digest, Salt, Scheme, StoredHash},
};
pub use self::{
    error::{HashError, HasherStartError},
    settings::{Engine, Settings},
    tune::{Row, Tuning},
};

/// The hashing service; clones share it. It stops when the last clone is dropped, or in order with [`Hasher::drain`].
#[derive(Clone)]
pub struct Hasher(Arc<HasherInner>);

struct HasherInner {
    cost: u32,
    pool: WorkerPool,
    /// The watch over the lanes, where there are lanes.
    spot_check: Option<SpotCheck>,
}

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

    /// Starts the worker threads. Returns at once: lanes are tried out in the background.
    pub fn start_with(settings: Settings, engine: Engine) -> Result<Self, HasherStartError> {
        let lanes = match engine {
            Engine::Lanes(limit) => Some((LaneEngine::lanes(), limit)),
            Engine::Reference => None,
        };
        start::start(settings, lanes, Arc::new(bcrypt::bcrypt)).map(|inner| Self(Arc::new(inner)))
    }

    /// The text to store for this password, under a fresh salt.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let (cost, salt) = (self.0.cost, clock::random());
        let (scheme, key) = stored::new_key(password, &salt);
        let digest = self.digest(&key, salt, cost).await?;
        Ok(StoredHash {
            scheme,
            cost,
            salt,
            digest,
        }
        .write())
    }

    /// Whether `stored` was made of this password. Where that can't be (the text is empty or damaged, or the password is one that
    /// its scheme could not have taken), the same work is done at the configured cost and the answer is no.
    pub async fn verify(&self, password: &str, stored: &str) -> Result<bool, HashError> {
        let parsed = StoredHash::parse(stored);
        if parsed.is_none() && !stored.is_empty() {
            tracing::error!(
                event = "hash.damaged",
                "a stored password hash is damaged; the log-in is refused"
            );
        }
        let Some((stored, key)) =
            parsed.and_then(|stored| stored.key(password).map(|key| (stored, key)))
        else {
            self.dummy(password).await?;
            return Ok(false);
        };
        let is_right = self.compare(key, &stored).await?;
        if !is_right
            && let Some(spot_check) = self.spot_check()
            && let Some(key) = stored.key(password)
        {
            let StoredHash {
                cost, salt, digest, ..
            } = stored;
            spot_check.check_rejection(
                |reply| Job {
                    key,
                    salt,
                    cost,
                    reply,
                },
                digest,
            );
        }
        Ok(is_right)
    }

    /// The work of a [`Hasher::verify`] for a log-in that can't match, so that its time tells nothing.
    pub async fn dummy(&self, password: &str) -> Result<(), HashError> {
        let salt = clock::random();
        let (scheme, key) = stored::new_key(password, &salt);
        let digest = Digest::unknown(clock::random());
        let unknown = StoredHash {
            scheme,
            cost: self.0.cost,
            salt,
            digest,
        };
        self.compare(key, &unknown).await.map(drop)
    }

    /// Whether a password that matched should be hashed anew: the cost is lower than the configured one, or the scheme older.
    #[must_use]
    pub fn is_outdated(&self, stored: &str) -> bool {
        StoredHash::parse(stored)
            .is_some_and(|stored| stored.cost < self.0.cost || stored.scheme == Scheme::Legacy)
    }

    /// Whether every lane is in use, so that work that can wait (a new hash on log-in) had better be left out.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.pool.queue().is_busy()
    }

    /// Refuses what [`Hasher::hash`] would refuse now, before anything is done for it.
    pub fn admits(&self) -> Result<(), HashError> {
        self.0.pool.queue().admits(1 << self.0.cost)
    }

    /// How often the lanes and the reference have told different things: 0 on a sound machine.
    #[must_use]
    pub fn mismatches(&self) -> u64 {
        self.0.spot_check.as_ref().map_or(0, SpotCheck::mismatches)
    }

    /// Refuses new work, finishes what was admitted and ends the threads. Calling it again waits for the same end.
    pub async fn drain(&self) {
        self.0.pool.drain().await;
        if let Some(spot_check) = &self.0.spot_check {
            spot_check.drain().await;
        }
    }

    /// A new digest, which on lanes is computed twice, in two lanes at the same time where the machine has two to give.
    async fn digest(&self, key: &BcryptKey, salt: Salt, cost: u32) -> Result<Digest, HashError> {
        let queue = self.0.pool.queue();
        let job = || Job::digest(key.clone(), salt, cost);
        let (one, answer) = job();
        let Some(spot_check) = self.spot_check() else {
            queue.submit(vec![one])?;
            return answer.wait().await;
        };
        let (other, confirmation) = job();
        let has_two_places = queue.capacity() > 1;
        queue.submit(if has_two_places {
            vec![one, other]
        } else {
            vec![one]
        })?;
        let digest = answer.wait().await?;
        let confirmation = if has_two_places {
            Some(confirmation.wait().await?)
        } else {
            None
        };
        spot_check.confirmed(digest, confirmation, job()).await
    }

    async fn compare(&self, key: BcryptKey, stored: &StoredHash) -> Result<bool, HashError> {
        let (job, answer) = Job::comparison(key, stored.salt, stored.cost, stored.digest.clone());
        self.0.pool.queue().submit(vec![job])?;
        answer.wait().await
    }

    /// The watch over the lanes, unless everything runs on the reference.
    fn spot_check(&self) -> Option<&SpotCheck> {
        self.0
            .spot_check
            .as_ref()
            .filter(|spot_check| spot_check.is_needed())
    }
}
