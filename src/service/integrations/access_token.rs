//! Issues access tokens, and publishes and rotates the keys that sign them.

use crate::service::{AccessToken, Caller, Error, PublishedKey, Service};

impl Service {
    /// Issues an access token for the caller's session.
    pub async fn issue_access_token(&self, caller: &Caller) -> Result<AccessToken, Error> {
        let token = self.tokens.issue(&caller.user, &caller.session);
        Ok(token.await?)
    }

    /// Returns the keys of the JWKS.
    pub async fn published_keys(&self) -> Result<Vec<PublishedKey>, Error> {
        Ok(self.tokens.published_keys().await?)
    }

    /// Returns whether a bearer credential claims to be of this service.
    #[must_use]
    pub fn claims_to_be_ours(&self, credential: &str) -> bool {
        self.tokens.claims_to_be_ours(credential)
    }

    /// Rotates the signing key, and returns the id of the new one. With `at_once`, for a
    /// compromised key, the new key signs at once and every other key is deleted.
    pub async fn rotate_signing_keys(&self, at_once: bool) -> Result<String, Error> {
        Ok(self.tokens.rotate(at_once).await?)
    }
}
