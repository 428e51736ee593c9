//! Passwords: hashed, verified in constant work, and refused where an attacker guesses them soon.

mod estimator;
pub(crate) mod filter;

use std::{io, sync::Arc, time::Duration};

use crate::{
    blocking::Interrupted,
    database::Database,
    domain::{
        account::{ids::UserId, user::Credentials},
        credential::password::{NewPassword, Password},
        invalid::Invalid,
    },
    hash::{ForeignGate, ForeignHashError, HashError, Hasher},
    store::tables::users,
};
use estimator::{EstimateError, StrengthEstimator};
use filter::PasswordFilter;

pub use crate::hash::{GateStatistics, HashStatistics, ImportedHash};

/// A password was refused, or could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The content of a new password is refused.
    #[error("password refused: {}", .0.code())]
    Weak(Invalid),
    /// The queue of the hasher or of the estimator is full.
    #[error("overloaded")]
    Overloaded {
        /// When to send the request again.
        retry_after: Duration,
    },
    /// The hashing engine failed.
    #[error("the hashing engine failed")]
    Failed,
    /// An estimate of the strength was interrupted.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// Hashes, verifies and rates passwords. Clones share the threads.
#[derive(Clone, Debug)]
pub struct Passwords {
    hasher: Hasher,
    gate: ForeignGate,
    estimator: Arc<StrengthEstimator>,
    filters: Arc<[PasswordFilter]>,
    database: Database,
}

impl Passwords {
    /// Starts `threads` threads that estimate the strength of new passwords. A password that one of
    /// the filters contains is refused.
    ///
    /// # Errors
    /// If the operating system refuses a thread.
    pub fn start(
        hasher: Hasher,
        gate: ForeignGate,
        threads: usize,
        filters: Vec<PasswordFilter>,
        database: Database,
    ) -> io::Result<Self> {
        Ok(Self {
            hasher,
            gate,
            estimator: Arc::new(StrengthEstimator::start(threads)?),
            filters: filters.into(),
            database,
        })
    }

    /// Returns the text to store for a password.
    pub async fn hash(&self, password: &NewPassword) -> Result<String, Error> {
        Ok(self.hasher.hash(password.expose()).await?)
    }

    /// Returns whether the password matches the stored hash, ours or one of another system. Every
    /// path costs one hash: also without a stored hash, and without a password, where the request
    /// holds none that an account can have.
    pub async fn verify(
        &self,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<bool, Error> {
        match (stored, password) {
            (Some(stored), Some(password)) => {
                let password = password.expose();
                Ok(self.hasher.verify_any(&self.gate, password, stored).await?)
            }
            (_, password) => {
                let password = password.map_or("", Password::expose);
                self.hasher.dummy(password).await?;
                Ok(false)
            }
        }
    }

    /// Returns the hash of another system, or of this service, if a login can verify it. No hash is
    /// computed.
    pub fn recognize(&self, text: &str) -> Result<ImportedHash, Invalid> {
        self.gate.recognize(text).map_err(Invalid::from)
    }

    /// Returns whether a new password matches the stored hash. It costs one hash.
    pub async fn matches(&self, stored: &str, password: &NewPassword) -> Result<bool, Error> {
        let password = password.expose();
        Ok(self.hasher.verify_any(&self.gate, password, stored).await?)
    }

    /// Returns an error while the hasher could not hash one more password before its deadline.
    pub fn admit(&self) -> Result<(), Error> {
        Ok(self.hasher.admits()?)
    }

    /// Refuses a password that equals its owner's username or email, one that was leaked, and one
    /// that an attacker who knows username and email guesses soon (NIST SP 800-63B-4, 3.1.1.2).
    pub async fn refuse_weak(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Result<(), Error> {
        if let Some(reason) = password.equals_identity(username, email) {
            return Err(Error::Weak(reason));
        }
        if self.filters.iter().any(|filter| filter.contains(password)) {
            return Err(Error::Weak(Invalid::PasswordCommon));
        }
        self.admit()?;
        if self.estimator.is_common(password, username, email).await? {
            return Err(Error::Weak(Invalid::PasswordCommon));
        }
        Ok(())
    }

    /// Hashes the password again in the background if its stored hash has a lower cost, an older
    /// scheme, or is of another system. A change in between is not overwritten.
    ///
    /// While the hasher is busy, only a hash of another system is replaced, and only if the wait is
    /// within the deadline; otherwise the next login tries again.
    pub fn renew(&self, credentials: &Credentials, password: Password) {
        let stored = &credentials.password_hash;
        let is_optional = self.hasher.is_outdated(stored) && !self.hasher.is_busy();
        if !is_optional && !self.gate.is_foreign(stored) {
            return;
        }
        let passwords = self.clone();
        let (id, old) = (credentials.user.id, credentials.password_hash.clone());
        tokio::spawn(async move {
            let renewed = passwords.renew_hash(id, old, &password).await;
            if let Err(error) = renewed {
                tracing::warn!(%error, user.id = %id, "could not renew a password hash; the next login tries again");
            }
        });
    }

    async fn renew_hash(
        &self,
        id: UserId,
        old: String,
        password: &Password,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let new = self.hasher.hash(password.expose()).await?;
        let database = &self.database;
        database
            .write(move |tx| users::renew_password_hash(tx, id, &old, &new))
            .await?;
        Ok(())
    }

    /// Returns the load of the gate of hashes of other systems.
    #[must_use]
    pub fn gate_statistics(&self) -> GateStatistics {
        self.gate.statistics()
    }

    /// Returns the load of the hasher.
    #[must_use]
    pub fn statistics(&self) -> HashStatistics {
        self.hasher.statistics()
    }

    /// Waits until every accepted password is hashed, and accepts no further ones.
    pub async fn drain(&self) {
        self.gate.drain().await;
        self.hasher.drain().await;
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded { retry_after } => Self::Overloaded { retry_after },
            HashError::Failed => Self::Failed,
        }
    }
}

impl From<ForeignHashError> for Invalid {
    fn from(error: ForeignHashError) -> Self {
        match error {
            ForeignHashError::Unknown => Self::PasswordHashUnknown,
            ForeignHashError::TooLong => Self::TooLong,
            ForeignHashError::Unconfigured => Self::PasswordHashUnconfigured,
            ForeignHashError::BcryptCost => Self::BcryptCost,
            ForeignHashError::Argon2Memory => Self::Argon2Memory,
            ForeignHashError::Argon2Time => Self::Argon2Time,
            ForeignHashError::Argon2Lanes => Self::Argon2Lanes,
            ForeignHashError::ScryptMemory => Self::ScryptMemory,
            ForeignHashError::ScryptParallelism => Self::ScryptParallelism,
            ForeignHashError::Pbkdf2Iterations => Self::Pbkdf2Iterations,
        }
    }
}

impl From<EstimateError> for Error {
    fn from(error: EstimateError) -> Self {
        match error {
            EstimateError::Overloaded { retry_after } => Self::Overloaded { retry_after },
            EstimateError::Interrupted(interrupted) => Self::Interrupted(interrupted),
        }
    }
}
