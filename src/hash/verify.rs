//! Verifies passwords: against our own hashes, and against those of other systems.

use super::{
    Hasher,
    error::HashError,
    foreign::{ForeignBcrypt, ForeignHashError, VerifiableHash},
    gate::ForeignGate,
};

impl Hasher {
    /// Returns whether `stored` is a hash of this password.
    ///
    /// If that is impossible, the same work is done at the configured cost and the result is
    /// `false`: the text is empty or damaged, or its scheme cannot take such a password.
    pub async fn verify(&self, password: &str, stored: &str) -> Result<bool, HashError> {
        match ForeignBcrypt::parse(stored) {
            Ok(hash) => self.verify_bcrypt(password, &hash).await,
            Err(error) => self.reject(password, stored, error).await,
        }
    }

    /// The same for a hash that may be of another system. The gate verifies those that are not
    /// bcrypt. A hash is as good as damaged while a setting is missing that it needs.
    pub async fn verify_any(
        &self,
        gate: &ForeignGate,
        password: &str,
        stored: &str,
    ) -> Result<bool, HashError> {
        match gate.parse(stored) {
            Ok(VerifiableHash::Gated(hash)) => gate.verify(hash, password).await,
            Ok(VerifiableHash::Bcrypt(hash)) => self.verify_bcrypt(password, &hash).await,
            Err(error) => self.reject(password, stored, error).await,
        }
    }

    /// Returns whether a bcrypt hash is one of this password.
    async fn verify_bcrypt(&self, password: &str, hash: &ForeignBcrypt) -> Result<bool, HashError> {
        let Some(key) = hash.key(password) else {
            self.dummy(password).await?;
            return Ok(false);
        };
        let stored = &hash.stored;
        let is_match = self.compare(key, stored).await?;
        if !is_match
            && let Some(spot_check) = self.spot_check()
            && let Some(key) = hash.key(password)
        {
            spot_check.check_rejection(key, stored.salt, stored.cost, stored.digest.clone());
        }
        Ok(is_match)
    }

    /// Does the work of a comparison for a hash that no password can match.
    async fn reject(
        &self,
        password: &str,
        stored: &str,
        error: ForeignHashError,
    ) -> Result<bool, HashError> {
        if !stored.is_empty() {
            log_unusable(error);
        }
        self.dummy(password).await?;
        Ok(false)
    }
}

fn log_unusable(error: ForeignHashError) {
    if error == ForeignHashError::Unknown {
        tracing::error!(
            event = "hash.damaged",
            "a stored password hash is damaged; the login is rejected"
        );
    } else {
        tracing::error!(
            event = "hash.unusable",
            %error,
            "a stored password hash cannot be verified with these settings; the login is rejected"
        );
    }
}
