//! Authenticates a request by the token of its session.

use crate::{
    domain::{client::Client, credential::token::TokenHash, session::AuthenticatedSession},
    service::{Caller, Error, Service},
    store::tables::sessions,
};

impl Service {
    /// Returns the caller whose session has one of these tokens, at the client of the
    /// request. Tokens of several sessions authenticate none.
    pub async fn authenticate(
        &self,
        tokens: Vec<TokenHash>,
        client: Client,
    ) -> Result<Caller, Error> {
        let AuthenticatedSession { user, session } = self.session_of(tokens).await?;
        Ok(Caller {
            user,
            session,
            client,
        })
    }

    /// Returns the session with one of these tokens and its account. The use is recorded at most
    /// once an hour.
    pub(in crate::service) async fn session_of(
        &self,
        tokens: Vec<TokenHash>,
    ) -> Result<AuthenticatedSession, Error> {
        if tokens.is_empty() {
            return Err(Error::NotAuthenticated);
        }
        let now = self.clock.now();
        let found = self
            .database
            .read_inline(move |tx| sessions::by_tokens(tx, &tokens, now))
            .await?;
        let mut found = found.ok_or(Error::NotAuthenticated)?;
        if let Some(expires_at) = self.policy.lifetime.extended(&found.session, now) {
            let id = found.session.id;
            let touched = self
                .database
                .write(move |tx| sessions::touch(tx, id, now, expires_at));
            match touched.await {
                Ok(()) => {
                    found.session.last_seen_at = now;
                    found.session.expires_at = expires_at;
                }
                Err(error) => {
                    tracing::warn!(%error, "could not record the use of a session; the next request retries");
                }
            }
        }
        Ok(found)
    }
}
