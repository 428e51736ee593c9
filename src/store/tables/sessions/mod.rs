//! The table of sessions.

mod delete;
mod row;

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper, dsl::count_star,
};

use super::users::UserRow;
use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::token::TokenHash,
        session::{AuthenticatedSession, PER_ACCOUNT, Session, SessionRecord},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::{sessions, users},
        tx::{Tx, with_conn},
    },
};

use row::{NewSessionRow, SessionRow};

pub use delete::{delete, delete_by_token, delete_others, purge_expired};

/// Inserts a session and deletes the account's oldest active ones over [`PER_ACCOUNT`]. Returns
/// how many.
pub fn insert(tx: &mut Tx<'_>, new: &SessionRecord) -> Result<usize, StoreError> {
    let row = NewSessionRow::of(new);
    with_conn!(tx, c => prepared!(diesel::insert_into(sessions::table).values(&row)).execute(c))?;
    remove_surplus(tx, &row.user_id, new.session.created_at)
}

/// Deletes an account's oldest sessions over [`PER_ACCOUNT`]. They are counted first: SQLite
/// recompiles a statement with a bound `LIMIT` or `OFFSET` at every use.
fn remove_surplus(tx: &mut Tx<'_>, user_id: &str, now: Timestamp) -> Result<usize, StoreError> {
    let most = i64::try_from(PER_ACCOUNT).unwrap_or(i64::MAX);
    let kept = with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .select(count_star())
        .get_result::<i64>(c))?;
    if kept <= most {
        return Ok(0);
    }
    let surplus = with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .offset(most)
        .limit(i64::MAX)
        .select(sessions::id)
        .load::<String>(c))?;
    delete::delete_all(tx, &surplus)?;
    Ok(surplus.len())
}

/// Returns the session with one of these tokens, if exactly one is active at `now`, and its
/// account.
pub fn by_tokens(
    tx: &mut Tx<'_>,
    tokens: &[TokenHash],
    now: Timestamp,
) -> Result<Option<AuthenticatedSession>, StoreError> {
    let mut active = None;
    for token in tokens {
        let found = by_token(tx, token, now)?;
        if active.is_some() && found.is_some() {
            return Ok(None);
        }
        active = active.or(found);
    }
    Ok(active)
}

/// Returns the session with this token, if it is active at `now`, and its account. One joined query
/// reads both at the same moment.
pub fn by_token(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<AuthenticatedSession>, StoreError> {
    let found = with_conn!(tx, c => sessions::table
        .inner_join(users::table)
        .filter(sessions::token_hash.eq(token.as_bytes()))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .filter(users::disabled.eq(false))
        .select((UserRow::as_select(), SessionRow::as_select()))
        .get_result::<(UserRow, SessionRow)>(c)
        .optional())?;
    found.map(authenticated).transpose()
}

/// Returns the session with this id, if it is active at `now`, and its account.
pub fn by_id(
    tx: &mut Tx<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<AuthenticatedSession>, StoreError> {
    let found = with_conn!(tx, c => sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id.to_string()))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .filter(users::disabled.eq(false))
        .select((UserRow::as_select(), SessionRow::as_select()))
        .get_result::<(UserRow, SessionRow)>(c)
        .optional())?;
    found.map(authenticated).transpose()
}

fn authenticated(
    (user, session): (UserRow, SessionRow),
) -> Result<AuthenticatedSession, StoreError> {
    Ok(AuthenticatedSession {
        user: user.try_into()?,
        session: session.try_into()?,
    })
}

/// Records that a session was used, and its new expiry.
pub fn touch(
    tx: &mut Tx<'_>,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(sessions::table.find(id.to_string()))
        .set((
            sessions::last_seen_at.eq(now.as_micros()),
            sessions::expires_at.eq(expires_at.as_micros()),
        ))
        .returning(sessions::expires_at))
        .execute_counting(c))?;
    Ok(())
}

/// Records that the owner confirmed an active session at `now`. Returns whether it exists.
pub fn confirm(tx: &mut Tx<'_>, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let confirmed = with_conn!(tx, c => diesel::update(sessions::table.find(id.to_string()))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .set(sessions::confirmed_at.eq(now.as_micros()))
        .execute(c))?;
    Ok(confirmed == 1)
}

/// Ends the confirmation of every session of an account except one.
pub fn revoke_confirmations(
    tx: &mut Tx<'_>,
    user: UserId,
    except: SessionId,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(sessions::table
            .filter(sessions::user_id.eq(user.to_string()))
            .filter(sessions::id.ne(except.to_string())))
        .set(sessions::confirmed_at.eq(0))
        .execute(c))?;
    Ok(())
}

/// Returns the sessions of an account that are active at `now`, the newest first.
pub fn list_by_user(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq(user.to_string()))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(c))?
    .into_iter()
    .map(Session::try_from)
    .collect()
}

/// Returns the number of sessions that are active at `now`, of each of these accounts that has one.
pub fn count_by_users(
    tx: &mut Tx<'_>,
    users: &[String],
    now: Timestamp,
) -> Result<HashMap<String, i64>, StoreError> {
    let counted = with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq_any(users))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .group_by(sessions::user_id)
        .select((sessions::user_id, count_star()))
        .load::<(String, i64)>(c))?;
    Ok(counted.into_iter().collect())
}
