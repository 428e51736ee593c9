//! The table of accounts with second factors, and their factors as a whole.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    dsl::{count_star, exists, select},
};

use crate::{
    domain::{
        account::ids::{PasskeyId, UserId},
        session::second_factor::SecondFactorMethod,
    },
    store::{
        error::StoreError,
        schema::{devices, passkeys, recovery_codes, second_factors, totp_secrets},
        tx::{Tx, with_conn},
    },
};

/// Bytes of a user handle. WebAuthn Level 3 section 14.6.1 recommends random bytes that identify no
/// person; at most 64.
pub const HANDLE_BYTES: usize = 32;

/// An account that has set up a second factor at some time, or was offered a passkey.
#[derive(Clone, Debug)]
pub struct SecondFactors {
    /// The WebAuthn user handle.
    pub handle: Vec<u8>,
    /// The number of changes of the factors.
    pub version: i64,
}

/// The factors of an account, for an operator.
#[derive(Clone, Copy, Debug, Default)]
pub struct FactorCounts {
    /// `true` if an authenticator app is set up.
    pub has_totp: bool,
    /// The number of passkeys, of every relying party.
    pub passkeys: i64,
    /// The number of recovery codes that were not used yet.
    pub recovery_codes: i64,
}

/// Returns the row of an account. An account without one has never had a second factor.
pub fn by_user(tx: &mut Tx<'_>, user: UserId) -> Result<Option<SecondFactors>, StoreError> {
    let found = with_conn!(tx, c => second_factors::table
        .find(user.to_string())
        .select((second_factors::user_handle, second_factors::version))
        .get_result::<(Vec<u8>, i64)>(c)
        .optional())?;
    Ok(found.map(|(handle, version)| SecondFactors { handle, version }))
}

/// Returns the row of an account. Inserts one with this handle if there is none.
pub fn get_or_insert(
    tx: &mut Tx<'_>,
    user: UserId,
    handle: &[u8; HANDLE_BYTES],
) -> Result<SecondFactors, StoreError> {
    with_conn!(tx, c => diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user.to_string()),
            second_factors::user_handle.eq(&handle[..]),
            second_factors::version.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    by_user(tx, user)?.ok_or_else(|| StoreError::corrupt("second_factors", "user_id", user))
}

/// Counts a change of an account's factors. Logins that wait for a second factor end with it.
pub fn bump(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(second_factors::table.find(user.to_string()))
        .set(second_factors::version.eq(second_factors::version + 1))
        .execute(c))?;
    Ok(())
}

/// Returns the methods that an account can present as its second factor, or `None` if it has set up
/// none. A passkey of another relying party is set up, but cannot be presented.
pub fn methods(
    tx: &mut Tx<'_>,
    user: UserId,
    rp_id: Option<&str>,
) -> Result<Option<Vec<SecondFactorMethod>>, StoreError> {
    if by_user(tx, user)?.is_none() {
        return Ok(None);
    }
    let id = user.to_string();
    let has_totp = with_conn!(tx, c => select(exists(totp_secrets::table
            .filter(totp_secrets::user_id.eq(&id))
            .filter(totp_secrets::enabled_at.gt(0))))
        .get_result::<bool>(c))?;
    let parties = with_conn!(tx, c => passkeys::table
        .filter(passkeys::user_id.eq(&id))
        .select(passkeys::rp_id)
        .load::<String>(c))?;
    if !has_totp && parties.is_empty() {
        return Ok(None);
    }
    let has_passkey = parties.iter().any(|party| Some(party.as_str()) == rp_id);
    let has_code = with_conn!(tx, c => select(exists(recovery_codes::table
            .filter(recovery_codes::user_id.eq(&id))))
        .get_result::<bool>(c))?;
    let all = [
        (SecondFactorMethod::Totp, has_totp),
        (SecondFactorMethod::Passkey, has_passkey),
        (SecondFactorMethod::RecoveryCode, has_code),
    ];
    let usable = all.into_iter().filter(|(_, is_usable)| *is_usable);
    Ok(Some(usable.map(|(method, _)| method).collect()))
}

/// Returns the factors of each of these accounts that has set up one.
pub fn count_by_users(
    tx: &mut Tx<'_>,
    users: &[String],
) -> Result<HashMap<String, FactorCounts>, StoreError> {
    let mut counts: HashMap<String, FactorCounts> = HashMap::new();
    let totp = with_conn!(tx, c => totp_secrets::table
        .filter(totp_secrets::user_id.eq_any(users))
        .filter(totp_secrets::enabled_at.gt(0))
        .select(totp_secrets::user_id)
        .load::<String>(c))?;
    for user in totp {
        counts.entry(user).or_default().has_totp = true;
    }
    let passkeys = with_conn!(tx, c => passkeys::table
        .filter(passkeys::user_id.eq_any(users))
        .group_by(passkeys::user_id)
        .select((passkeys::user_id, count_star()))
        .load::<(String, i64)>(c))?;
    for (user, count) in passkeys {
        counts.entry(user).or_default().passkeys = count;
    }
    let codes = with_conn!(tx, c => recovery_codes::table
        .filter(recovery_codes::user_id.eq_any(users))
        .group_by(recovery_codes::user_id)
        .select((recovery_codes::user_id, count_star()))
        .load::<(String, i64)>(c))?;
    for (user, count) in codes {
        counts.entry(user).or_default().recovery_codes = count;
    }
    Ok(counts)
}

/// The factors that were removed from an account.
pub struct RemovedFactors {
    /// `true` if the authenticator app was set up.
    pub totp: bool,
    /// The passkeys.
    pub passkeys: Vec<PasskeyId>,
}

/// Removes every factor of an account, with its recovery codes and the trust in its devices. The
/// user handle stays. Returns the factors.
pub fn remove_all(tx: &mut Tx<'_>, user: UserId) -> Result<RemovedFactors, StoreError> {
    let id = user.to_string();
    let apps: Vec<i64> = with_conn!(tx, c => diesel::delete(totp_secrets::table.find(&id))
        .returning(totp_secrets::enabled_at)
        .load(c))?;
    let keys: Vec<String> = with_conn!(tx, c => diesel::delete(passkeys::table
            .filter(passkeys::user_id.eq(&id)))
        .returning(passkeys::id)
        .load(c))?;
    remove_leftovers(tx, user)?;
    bump(tx, user)?;
    Ok(RemovedFactors {
        totp: apps.iter().any(|enabled_at| *enabled_at > 0),
        passkeys: keys.iter().filter_map(|id| PasskeyId::parse(id)).collect(),
    })
}

/// Removes the recovery codes and the trust in devices of an account without a factor.
pub fn remove_leftovers(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let id = user.to_string();
    with_conn!(tx, c => diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(&id)))
        .execute(c))?;
    with_conn!(tx, c => diesel::update(devices::table.filter(devices::user_id.eq(&id)))
        .set(devices::trusted_until.eq(0))
        .execute(c))?;
    Ok(())
}
