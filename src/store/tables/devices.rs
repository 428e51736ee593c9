//! The table of recognized devices.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
    dsl::{exists, select},
};

use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::token::TokenHash,
        session::device::{NewDevice, PER_ACCOUNT, RecognizedDevice},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::{devices, sessions},
        tx::{Tx, lock_skip, with_conn},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
struct Row {
    token_hash: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    last_used_at: i64,
    trusted_until: i64,
}

impl Row {
    fn device(self, user: UserId) -> Result<RecognizedDevice, StoreError> {
        let time = |micros| (micros != 0).then(|| Timestamp::from_micros(micros));
        let token = TokenHash::from_stored(self.token_hash);
        Ok(RecognizedDevice {
            token: token.ok_or_else(|| StoreError::corrupt("devices", "token_hash", user))?,
            created_at: Timestamp::from_micros(self.created_at),
            last_used_at: time(self.last_used_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            trusted_until: time(self.trusted_until),
        })
    }
}

/// Inserts a device and deletes the account's oldest over [`PER_ACCOUNT`]. Returns whether it is
/// the account's only one.
pub fn insert(tx: &mut Tx<'_>, new: &NewDevice) -> Result<bool, StoreError> {
    let user_id = new.user_id.to_string();
    with_conn!(tx, c => prepared!(diesel::insert_into(devices::table)
        .values((
            devices::token_hash.eq(new.token_hash.as_bytes()),
            devices::user_id.eq(&user_id),
            devices::created_at.eq(new.created_at.as_micros()),
            devices::expires_at.eq(new.expires_at.as_micros()),
            devices::last_used_at.eq(new.created_at.as_micros()),
            devices::trusted_until.eq(new.trusted_until.map_or(0, Timestamp::as_micros)),
        )))
        .execute(c))?;
    let mut kept = with_conn!(tx, c => devices::table
        .filter(devices::user_id.eq(&user_id))
        .filter(devices::expires_at.gt(new.created_at.as_micros()))
        .order((devices::created_at.desc(), devices::token_hash.desc()))
        .select(devices::token_hash)
        .load::<Vec<u8>>(c))?;
    let is_only_one = kept.len() == 1;
    let surplus = kept.split_off(PER_ACCOUNT.min(kept.len()));
    if !surplus.is_empty() {
        with_conn!(tx, c => diesel::delete(devices::table.filter(devices::token_hash.eq_any(&surplus))).execute(c))?;
    }
    Ok(is_only_one)
}

/// Returns the account that recognizes this device at `now`.
pub fn owner(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let found = with_conn!(tx, c => devices::table
        .find(token.as_bytes())
        .filter(devices::expires_at.gt(now.as_micros()))
        .select(devices::user_id)
        .get_result::<String>(c)
        .optional())?;
    found
        .map(|user| {
            UserId::parse(&user).ok_or_else(|| StoreError::corrupt("devices", "user_id", &user))
        })
        .transpose()
}

/// Records the use of a device at `now`, and sets the end of its trust if there is a new one.
/// Returns whether the account recognizes it.
pub fn record_use(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    user: UserId,
    trusted_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Without a new end, the statement leaves the column out.
    let trust = trusted_until.map(|until| devices::trusted_until.eq(until.as_micros()));
    let recorded = with_conn!(tx, c => diesel::update(devices::table
            .find(token.as_bytes())
            .filter(devices::user_id.eq(user.to_string()))
            .filter(devices::expires_at.gt(now.as_micros())))
        .set((devices::last_used_at.eq(now.as_micros()), trust))
        .execute(c))?;
    Ok(recorded == 1)
}

/// Returns whether an account's device skips the second factor at `now`.
pub fn is_trusted(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    user: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(with_conn!(tx, c => select(exists(devices::table
            .find(token.as_bytes())
            .filter(devices::user_id.eq(user.to_string()))
            .filter(devices::trusted_until.gt(now.as_micros()))))
        .get_result::<bool>(c))?)
}

/// Returns an account's devices.
pub fn list_by_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<TokenHash>, StoreError> {
    with_conn!(tx, c => devices::table
        .filter(devices::user_id.eq(user.to_string()))
        .select(devices::token_hash)
        .load::<Vec<u8>>(c))?
    .into_iter()
    .map(|bytes| {
        TokenHash::from_stored(bytes)
            .ok_or_else(|| StoreError::corrupt("devices", "token_hash", user))
    })
    .collect()
}

/// Returns an account's recognized devices, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<RecognizedDevice>, StoreError> {
    with_conn!(tx, c => devices::table
        .filter(devices::user_id.eq(user.to_string()))
        .filter(devices::expires_at.gt(now.as_micros()))
        .order((devices::created_at.desc(), devices::token_hash.desc()))
        .select(Row::as_select())
        .load(c))?
    .into_iter()
    .map(|row: Row| row.device(user))
    .collect()
}

/// Returns the device from which a session was opened.
pub fn of_session(tx: &mut Tx<'_>, session: SessionId) -> Result<Option<TokenHash>, StoreError> {
    let found = with_conn!(tx, c => sessions::table
        .find(session.to_string())
        .select(sessions::device_hash)
        .get_result::<Vec<u8>>(c)
        .optional())?;
    Ok(found.and_then(TokenHash::from_stored))
}

/// Deletes a device of an account. Returns whether it existed.
pub fn delete(tx: &mut Tx<'_>, user: UserId, token: &TokenHash) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(devices::table
            .find(token.as_bytes())
            .filter(devices::user_id.eq(user.to_string())))
        .execute(c))?;
    Ok(deleted == 1)
}

/// Deletes an account's devices except the one that created the session `kept`. Returns how many.
pub fn delete_others(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
) -> Result<usize, StoreError> {
    let kept = kept.map(|id| id.to_string()).unwrap_or_default();
    let opened_from = sessions::table
        .filter(sessions::id.eq(kept))
        .select(sessions::device_hash);
    Ok(with_conn!(tx, c => diesel::delete(devices::table
            .filter(devices::user_id.eq(user.to_string()))
            .filter(devices::token_hash.ne_all(opened_from)))
        .execute(c))?)
}

/// Deletes up to `limit` expired devices. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        Vec<u8>,
        devices::table
            .filter(devices::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(devices::token_hash)
    )?;
    with_conn!(tx, c => diesel::delete(devices::table.filter(devices::token_hash.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
