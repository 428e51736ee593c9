//! The table of TOTP secrets, sealed: one for each account, in use or still pending.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        timestamp::Timestamp,
    },
    store::{
        SealedValue,
        error::StoreError,
        schema::totp_secrets,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// A secret whose codes are accepted.
#[derive(Debug)]
pub struct EnabledTotp {
    /// The secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// The time at which its set-up was verified.
    pub enabled_at: Timestamp,
}

/// The pending set-up of a session.
#[derive(Debug)]
pub struct PendingTotp {
    /// The account.
    pub user: UserId,
    /// The only session that may verify it.
    pub session: SessionId,
    /// The secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// The time at which it began.
    pub created_at: Timestamp,
    /// The time from which it is void.
    pub expires_at: Timestamp,
}

/// The set-up of an authenticator app, without its secret.
#[derive(Clone, Copy, Debug)]
pub struct TotpTimes {
    /// The time at which it began.
    pub created_at: Timestamp,
    /// The time at which it was verified, if it was.
    pub enabled_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = totp_secrets)]
struct Row {
    sealed_secret: Vec<u8>,
    enabled_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = totp_secrets)]
struct NewTotpRow<'a> {
    user_id: String,
    sealed_secret: &'a [u8],
    created_at: i64,
    enabled_at: i64,
    session_id: String,
    expires_at: i64,
    last_step: i64,
}

/// Replaces the account's pending set-up. Returns whether it did: an enabled secret stays.
pub fn replace_pending(tx: &mut Tx<'_>, new: &PendingTotp) -> Result<bool, StoreError> {
    let row = NewTotpRow {
        user_id: new.user.to_string(),
        sealed_secret: &new.sealed_secret,
        created_at: new.created_at.as_micros(),
        enabled_at: 0,
        session_id: new.session.to_string(),
        expires_at: new.expires_at.as_micros(),
        last_step: 0,
    };
    with_conn!(tx, c => diesel::delete(totp_secrets::table
            .find(&row.user_id)
            .filter(totp_secrets::enabled_at.eq(0)))
        .execute(c))?;
    let inserted = with_conn!(tx, c => diesel::insert_into(totp_secrets::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Returns the sealed secret of the set-up that this session began.
pub fn pending(
    tx: &mut Tx<'_>,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(with_conn!(tx, c => totp_secrets::table
        .find(user.to_string())
        .filter(totp_secrets::enabled_at.eq(0))
        .filter(totp_secrets::session_id.eq(session.to_string()))
        .filter(totp_secrets::expires_at.gt(now.as_micros()))
        .select(totp_secrets::sealed_secret)
        .get_result(c)
        .optional())?)
}

/// Enables the account's pending secret, whose code of this step was verified.
pub fn enable(tx: &mut Tx<'_>, user: UserId, step: i64, now: Timestamp) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(totp_secrets::table
            .find(user.to_string())
            .filter(totp_secrets::enabled_at.eq(0)))
        .set((
            totp_secrets::enabled_at.eq(now.as_micros()),
            totp_secrets::session_id.eq(""),
            totp_secrets::expires_at.eq(0),
            totp_secrets::last_step.eq(step),
        ))
        .execute(c))?;
    Ok(())
}

/// Returns the account's enabled secret.
pub fn enabled(tx: &mut Tx<'_>, user: UserId) -> Result<Option<EnabledTotp>, StoreError> {
    let found = with_conn!(tx, c => totp_secrets::table
        .find(user.to_string())
        .filter(totp_secrets::enabled_at.gt(0))
        .select(Row::as_select())
        .get_result(c)
        .optional())?;
    Ok(found.map(|row| EnabledTotp {
        sealed_secret: row.sealed_secret,
        enabled_at: Timestamp::from_micros(row.enabled_at),
    }))
}

/// Returns the times of an account's set-up, pending ones too.
pub fn times(tx: &mut Tx<'_>, user: UserId) -> Result<Option<TotpTimes>, StoreError> {
    let found = with_conn!(tx, c => totp_secrets::table
        .find(user.to_string())
        .select((totp_secrets::created_at, totp_secrets::enabled_at))
        .get_result::<(i64, i64)>(c)
        .optional())?;
    Ok(found.map(|(created_at, enabled_at)| TotpTimes {
        created_at: Timestamp::from_micros(created_at),
        enabled_at: (enabled_at != 0).then(|| Timestamp::from_micros(enabled_at)),
    }))
}

/// Uses the code of a step, in one conditional statement. Returns whether no code of this or a
/// later step was used before.
pub fn use_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(totp_secrets::table
            .find(user.to_string())
            .filter(totp_secrets::enabled_at.gt(0))
            .filter(totp_secrets::last_step.lt(step)))
        .set(totp_secrets::last_step.eq(step))
        .execute(c))?;
    Ok(changed == 1)
}

/// Deletes the account's secret, with a pending set-up. Returns whether one was enabled.
pub fn delete(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let is_enabled = enabled(tx, user)?.is_some();
    with_conn!(tx, c => diesel::delete(totp_secrets::table.find(user.to_string())).execute(c))?;
    Ok(is_enabled)
}

/// Deletes up to `limit` set-ups that were not finished in time. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        totp_secrets::table
            .filter(totp_secrets::enabled_at.eq(0))
            .filter(totp_secrets::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(totp_secrets::user_id)
    )?;
    with_conn!(tx, c => diesel::delete(totp_secrets::table
            .filter(totp_secrets::user_id.eq_any(&expired))
            .filter(totp_secrets::enabled_at.eq(0)))
        .execute(c))?;
    Ok(expired.len())
}

/// Returns sealed secrets in the order of their accounts' ids, from the one after `after` on. A
/// pending set-up can begin again.
pub fn list_sealed(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<SealedValue>, StoreError> {
    let rows: Vec<(String, Vec<u8>, i64)> = with_conn!(tx, c => totp_secrets::table
        .filter(totp_secrets::user_id.gt(after))
        .order(totp_secrets::user_id)
        .limit(limit)
        .select((
            totp_secrets::user_id,
            totp_secrets::sealed_secret,
            totp_secrets::enabled_at,
        ))
        .load(c))?;
    let value = |(name, sealed, enabled_at)| SealedValue {
        name,
        sealed,
        is_needed: enabled_at > 0,
    };
    Ok(rows.into_iter().map(value).collect())
}

/// Replaces a sealed secret, unless it has changed meanwhile.
pub fn replace_sealed(
    tx: &mut Tx<'_>,
    value: &SealedValue,
    sealed: &[u8],
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(totp_secrets::table.find(&value.name))
        .filter(totp_secrets::sealed_secret.eq(&value.sealed))
        .set(totp_secrets::sealed_secret.eq(sealed))
        .execute(c))?;
    Ok(())
}
