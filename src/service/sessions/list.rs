//! Lists the sessions of an account.

use crate::{
    domain::session::Session,
    service::{Caller, Error, Service},
    store::tables::sessions,
};

impl Service {
    /// Returns the caller's valid sessions, the newest first.
    pub async fn list_sessions(&self, caller: &Caller) -> Result<Vec<Session>, Error> {
        let (user, now) = (caller.user.id, self.clock.now());
        let listed = self
            .database
            .read(move |tx| sessions::list_by_user(tx, user, now));
        Ok(listed.await?)
    }
}
