//! Lists and revokes the sessions of an account for an administrator.

use crate::{
    domain::{account::ids::SessionId, session::Session},
    events::SecurityEvent,
    service::{AccountName, Administrator, Error, Service, sessions::end::revoke_others},
    store::tables::sessions,
};

impl Service {
    /// Returns the valid sessions of an account, the newest first.
    pub async fn list_sessions_of(&self, name: &AccountName) -> Result<Vec<Session>, Error> {
        let (id, now) = (self.account(name).await?.user.id, self.clock.now());
        let listed = self
            .database
            .read(move |tx| sessions::list_by_user(tx, id, now));
        Ok(listed.await?)
    }

    /// Revokes every session of an account, and returns their number.
    pub async fn end_sessions_of(
        &self,
        by: &Administrator,
        name: &AccountName,
    ) -> Result<usize, Error> {
        let id = self.account(name).await?.user.id;
        let context = by.context(Some(id), self.clock.now());
        let ended = self
            .database
            .write(move |tx| revoke_others(tx, id, None, context));
        Ok(ended.await?)
    }

    /// Revokes one session of an account.
    pub async fn end_session_of(
        &self,
        by: &Administrator,
        name: &AccountName,
        session: SessionId,
    ) -> Result<(), Error> {
        let (id, now) = (self.account(name).await?.user.id, self.clock.now());
        let context = by.context(Some(id), now).in_session(session);
        self.database
            .write(move |tx| {
                if !sessions::delete(tx, id, session, now)? {
                    return Err(Error::SessionNotFound);
                }
                Ok(SecurityEvent::SessionRevoked.record(tx, context)?)
            })
            .await
    }
}
