//! The lock under which the factors of an account change, one change at a time.

use crate::{
    domain::{session::AuthenticatedSession, timestamp::Timestamp},
    service::{Caller, Error},
    store::{
        Tx,
        tables::{sessions, users},
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
