//! The lock under which the factors of an account change, one change at a time.

use crate::{
    domain::account::ids::UserId,
    service::Error,
    store::{Tx, tables::users},
};

/// Locks the caller's account. Another request may have deleted it since the caller was
/// authenticated.
pub(in crate::service) fn lock_account(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    if users::lock(tx, user)? {
        Ok(())
    } else {
        Err(Error::NotAuthenticated)
    }
}
