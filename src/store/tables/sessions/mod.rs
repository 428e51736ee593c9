//! The table of sessions.

mod delete;

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, dsl::count_star,
};

use super::users::UserRow;
use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::token::TokenHash,
        session::{
            AuthenticatedSession, PER_ACCOUNT, Session, SessionRecord,
            authentication_methods::AuthenticationMethods,
        },
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::{sessions, users},
        tx::{Tx, with_conn},
    },
};

pub use delete::{delete, delete_by_token, delete_others, purge_expired};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ends_at: i64,
    remembered: bool,
    ip: String,
    user_agent: String,
    auth_time: i64,
    amr: String,
    confirmed_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = sessions)]
struct NewSessionRow<'a> {
    id: String,
    user_id: String,
    token_hash: &'a [u8],
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ends_at: i64,
    remembered: bool,
    ip: &'a str,
    user_agent: &'a str,
    device_hash: &'a [u8],
    auth_time: i64,
    amr: &'a str,
    confirmed_at: i64,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let id = SessionId::parse(&row.id)
            .ok_or_else(|| StoreError::corrupt("sessions", "id", &row.id))?;
        let created_at = Timestamp::from_micros(row.created_at);
        // A release without this column stores 0.
        let auth_time = match row.auth_time {
            0 => created_at,
            at => Timestamp::from_micros(at),
        };
        Ok(Self {
            id,
            created_at,
            last_seen_at: Timestamp::from_micros(row.last_seen_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            ends_at: Timestamp::from_micros(row.ends_at),
            remembered: row.remembered,
            ip: row.ip,
            user_agent: row.user_agent,
            auth_time,
            amr: AuthenticationMethods::from_stored(row.amr),
            confirmed_at: (row.confirmed_at > 0).then(|| Timestamp::from_micros(row.confirmed_at)),
        })
    }
}

/// Inserts a session and deletes the account's oldest active ones over [`PER_ACCOUNT`].
pub fn insert(tx: &mut Tx<'_>, new: &SessionRecord) -> Result<(), StoreError> {
    let session = &new.session;
    let user_id = new.user_id.to_string();
    let row = NewSessionRow {
        id: session.id.to_string(),
        user_id: user_id.clone(),
        token_hash: new.token_hash.as_bytes(),
        created_at: session.created_at.as_micros(),
        last_seen_at: session.last_seen_at.as_micros(),
        expires_at: session.expires_at.as_micros(),
        ends_at: session.ends_at.as_micros(),
        remembered: session.remembered,
        ip: &session.ip,
        user_agent: &session.user_agent,
        device_hash: new.device.as_ref().map_or(&[], |device| device.as_bytes()),
        auth_time: session.auth_time.as_micros(),
        amr: session.amr.joined(),
        confirmed_at: session.confirmed_at.map_or(0, Timestamp::as_micros),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(sessions::table).values(&row)).execute(c))?;
    remove_surplus(tx, &user_id, session.created_at)
}

/// Deletes an account's oldest sessions over [`PER_ACCOUNT`]. They are counted first: SQLite
/// recompiles a statement with a bound `LIMIT` or `OFFSET` at every use.
fn remove_surplus(tx: &mut Tx<'_>, user_id: &str, now: Timestamp) -> Result<(), StoreError> {
    let most = i64::try_from(PER_ACCOUNT).unwrap_or(i64::MAX);
    let kept = with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .select(count_star())
        .get_result::<i64>(c))?;
    if kept <= most {
        return Ok(());
    }
    let surplus = with_conn!(tx, c => sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now.as_micros()))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .offset(most)
        .limit(i64::MAX)
        .select(sessions::id)
        .load::<String>(c))?;
    delete::delete_all(tx, &surplus)
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
