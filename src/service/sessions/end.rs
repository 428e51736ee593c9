//! Revokes sessions: by logout, one by one, or all others.

use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        event::EventContext,
    },
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::{StoreError, Tx, tables::sessions},
};

impl Service {
    /// Revokes the caller's session.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Error> {
        match self.end_session(caller, caller.session.id).await {
            // Another request revoked the session at the same time.
            Err(Error::SessionNotFound) => Ok(()),
            other => other,
        }
    }

    /// Revokes one of the caller's sessions.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<(), Error> {
        let (user, now) = (caller.user.id, self.clock.now());
        let context = caller.context(now).in_session(session);
        self.database
            .write(move |tx| {
                if !sessions::delete(tx, user, session, now)? {
                    return Err(Error::SessionNotFound);
                }
                Ok(SecurityEvent::SessionRevoked.record(tx, context)?)
            })
            .await
    }

    /// Revokes all of the caller's sessions but the one of the request.
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<(), Error> {
        let (user, kept) = (caller.user.id, caller.session.id);
        let context = caller.context(self.clock.now());
        let revoked = self
            .database
            .write(move |tx| revoke_others(tx, user, Some(kept), context));
        let _number: usize = revoked.await?;
        Ok(())
    }
}

/// Revokes every session of an account except `kept`. Returns how many.
pub fn revoke_others(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
    context: EventContext,
) -> Result<usize, StoreError> {
    let sessions = sessions::delete_others(tx, user, kept)?;
    if sessions > 0 {
        SecurityEvent::SessionsRevoked { sessions }.record(tx, context)?;
    }
    Ok(sessions)
}
