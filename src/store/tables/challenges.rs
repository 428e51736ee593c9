//! The table of challenges. A row that exists and has not expired is unused.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use super::users;
use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::{ChallengeId, UserId},
        },
        credential::challenge::{Challenge, ChallengeLifetime, LONGEST_LIFE, Purpose},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::challenges,
        tx::{Tx, lock_skip, with_conn},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = challenges)]
struct Row {
    id: String,
    user_id: String,
    purpose: String,
    email: String,
    email_key: String,
}

#[derive(Insertable)]
#[diesel(table_name = challenges)]
struct NewChallengeRow<'a> {
    id: String,
    user_id: String,
    purpose: &'a str,
    email: &'a str,
    email_key: &'a str,
    tries_left: i64,
    code_expires_at: i64,
    expires_at: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = challenges)]
struct LifetimeRow {
    tries_left: i64,
    code_expires_at: i64,
    expires_at: i64,
}

impl From<LifetimeRow> for ChallengeLifetime {
    fn from(row: LifetimeRow) -> Self {
        Self {
            tries_left: row.tries_left,
            code_expires_at: Timestamp::from_micros(row.code_expires_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        }
    }
}

impl TryFrom<Row> for Challenge {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("challenges", column, &row.id);
        Ok(Self {
            id: ChallengeId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            user: UserId::parse(&row.user_id).ok_or_else(|| corrupt("user_id"))?,
            purpose: Purpose::of(&row.purpose).ok_or_else(|| corrupt("purpose"))?,
            email: Email::from_stored(row.email, row.email_key),
        })
    }
}

/// Inserts a challenge.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &Challenge,
    life: &ChallengeLifetime,
) -> Result<(), StoreError> {
    let row = NewChallengeRow {
        id: new.id.to_string(),
        user_id: new.user.to_string(),
        purpose: new.purpose.as_str(),
        email: new.email.as_str(),
        email_key: new.email.key().as_str(),
        tries_left: life.tries_left,
        code_expires_at: life.code_expires_at.as_micros(),
        expires_at: life.expires_at.as_micros(),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(challenges::table).values(&row)).execute(c))?;
    Ok(())
}

/// Returns the challenge with this id, while its token is valid.
pub fn by_id(
    tx: &mut Tx<'_>,
    id: ChallengeId,
    now: Timestamp,
) -> Result<Option<Challenge>, StoreError> {
    with_conn!(tx, c => challenges::table
        .find(id.to_string())
        .filter(challenges::expires_at.gt(now.as_micros()))
        .select(Row::as_select())
        .get_result(c)
        .optional())?
    .map(Challenge::try_from)
    .transpose()
}

/// Consumes one attempt of each code of this account that is for one of these purposes and has
/// attempts left. Returns their challenges.
///
/// The account is locked first, as when a challenge is consumed: the statement locks several of its
/// challenges in no particular order.
pub fn try_codes_of_user(
    tx: &mut Tx<'_>,
    user: UserId,
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<Vec<Challenge>, StoreError> {
    users::lock(tx, user)?;
    let purposes = names(purposes);
    let tried = with_conn!(tx, c => diesel::update(challenges::table
            .filter(challenges::user_id.eq(user.to_string()))
            .filter(challenges::purpose.eq_any(&purposes))
            .filter(challenges::tries_left.gt(0))
            .filter(challenges::code_expires_at.gt(now.as_micros())))
        .set(challenges::tries_left.eq(challenges::tries_left - 1))
        .returning(Row::as_returning())
        .load(c))?;
    tried.into_iter().map(Challenge::try_from).collect()
}

/// Consumes one attempt of each code that was sent to this mailbox for its account. Both statements
/// also run for a mailbox without an account.
pub fn try_codes_of_mailbox(
    tx: &mut Tx<'_>,
    mailbox: &EmailKey,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Vec<Challenge>, StoreError> {
    let owner = users::lock_by_email(tx, mailbox)?.unwrap_or_default();
    let tried = with_conn!(tx, c => diesel::update(challenges::table
            .filter(challenges::user_id.eq(&owner))
            .filter(challenges::email_key.eq(mailbox.as_str()))
            .filter(challenges::purpose.eq(purpose.as_str()))
            .filter(challenges::tries_left.gt(0))
            .filter(challenges::code_expires_at.gt(now.as_micros())))
        .set(challenges::tries_left.eq(challenges::tries_left - 1))
        .returning(Row::as_returning())
        .load(c))?;
    tried.into_iter().map(Challenge::try_from).collect()
}

/// Consumes a challenge. Returns whether it existed and its token was valid.
pub fn consume(tx: &mut Tx<'_>, id: ChallengeId, now: Timestamp) -> Result<bool, StoreError> {
    let taken = with_conn!(tx, c => diesel::delete(challenges::table
            .find(id.to_string())
            .filter(challenges::expires_at.gt(now.as_micros())))
        .execute(c))?;
    Ok(taken == 1)
}

/// Deletes an account's challenges for these purposes.
pub fn delete_by_user(
    tx: &mut Tx<'_>,
    user: UserId,
    purposes: &[Purpose],
) -> Result<(), StoreError> {
    let purposes = names(purposes);
    with_conn!(tx, c => diesel::delete(challenges::table
            .filter(challenges::user_id.eq(user.to_string()))
            .filter(challenges::purpose.eq_any(&purposes)))
        .execute(c))?;
    Ok(())
}

/// Returns the challenges of an account that are active at `now`, the oldest first.
pub fn list_by_user(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<(Challenge, ChallengeLifetime)>, StoreError> {
    with_conn!(tx, c => challenges::table
        .filter(challenges::user_id.eq(user.to_string()))
        .filter(challenges::expires_at.gt(now.as_micros()))
        .order(challenges::id)
        .select((Row::as_select(), LifetimeRow::as_select()))
        .load::<(Row, LifetimeRow)>(c))?
    .into_iter()
    .map(|(row, life)| Ok((row.try_into()?, life.into())))
    .collect()
}

/// Deletes up to `limit` expired challenges of those that are older than most can be, according to
/// the creation time in their ids. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let first_alive = ChallengeId::new(now.minus(LONGEST_LIFE), &[0; 10]);
    let expired = lock_skip!(
        tx,
        String,
        challenges::table
            .filter(challenges::id.lt(first_alive.to_string()))
            .filter(challenges::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(challenges::id)
    )?;
    with_conn!(tx, c => diesel::delete(challenges::table.filter(challenges::id.eq_any(&expired))).execute(c))?;
    Ok(expired.len())
}

fn names(purposes: &[Purpose]) -> Vec<&'static str> {
    purposes.iter().map(|purpose| purpose.as_str()).collect()
}
