//! The lock under which the factors of an account change, one change at a time.

use crate::{
    domain::{
        account::user::User,
        session::{AuthenticatedSession, Session},
        timestamp::Timestamp,
    },
    service::{Caller, Error, Service},
    store::{
        StoreError, Tx,
        tables::{second_factors, sessions, users},
    },
};

/// Locks the caller's account and returns it with the session. Another request may have revoked
/// the session since the caller was authenticated: a change of password ends the sessions of an
/// attacker, and none of them may add a factor afterwards.
pub(in crate::service) fn lock_session(
    tx: &mut Tx<'_>,
    caller: &Caller,
    now: Timestamp,
) -> Result<AuthenticatedSession, Error> {
    users::lock(tx, caller.user.id)?;
    let found = sessions::by_id(tx, caller.session.id, now)?;
    found.ok_or(Error::NotAuthenticated)
}

/// Records that a session added a factor. Logins that wait for a second factor end. The other
/// sessions presented fewer factors than the account now has, so none of them stays confirmed.
pub(in crate::service) fn factor_added(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), StoreError> {
    second_factors::bump(tx, caller.user.id)?;
    sessions::revoke_confirmations(tx, caller.user.id, caller.session.id)
}

impl Service {
    /// Locks the caller's account and returns it, unless the session was revoked or its
    /// confirmation ended since the request arrived.
    pub(in crate::service) fn lock_confirmed(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<User, Error> {
        self.lock_if(tx, caller, now, |session| session.is_confirmed(now))
    }

    /// The same for the end of a set-up, which has a lifetime of its own: the confirmation under
    /// which it began may have expired, but must not have been revoked.
    pub(in crate::service) fn lock_set_up(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<User, Error> {
        self.lock_if(tx, caller, now, |session| session.confirmed_at.is_some())
    }

    fn lock_if(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        now: Timestamp,
        is_confirmed: impl FnOnce(&Session) -> bool,
    ) -> Result<User, Error> {
        let found = lock_session(tx, caller, now)?;
        if is_confirmed(&found.session) {
            return Ok(found.user);
        }
        let methods = self.second_factor_methods(tx, found.user.id)?;
        Err(Error::ConfirmationRequired(methods))
    }
}
