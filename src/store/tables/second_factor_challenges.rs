//! The table of logins that wait for their second factor.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::ids::UserId,
        credential::token::TokenHash,
        session::{
            authentication_methods::AuthenticationMethods,
            second_factor::{CHALLENGE_TRIES, CHALLENGES_PER_ACCOUNT, SecondFactorChallenge},
            transport::SessionTransport,
        },
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::{devices, second_factor_challenges as challenges},
        tx::{Tx, lock_skip, with_conn},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = challenges)]
struct Row {
    user_id: String,
    created_at: i64,
    expires_at: i64,
    password_version: i64,
    factors_version: i64,
    amr: String,
    confirms: bool,
    transport: String,
    remembered: bool,
    device_hash: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = challenges)]
struct NewRow<'a> {
    token_hash: &'a [u8],
    user_id: &'a str,
    created_at: i64,
    expires_at: i64,
    tries_left: i64,
    password_version: i64,
    factors_version: i64,
    amr: &'a str,
    confirms: bool,
    transport: &'a str,
    remembered: bool,
    device_hash: &'a [u8],
}

impl TryFrom<Row> for SecondFactorChallenge {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt =
            |column| StoreError::corrupt("second_factor_challenges", column, &row.user_id);
        Ok(Self {
            user: UserId::parse(&row.user_id).ok_or_else(|| corrupt("user_id"))?,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            password_version: row.password_version,
            factors_version: row.factors_version,
            methods: AuthenticationMethods::from_stored(row.amr),
            confirms: row.confirms,
            transport: SessionTransport::of(&row.transport).ok_or_else(|| corrupt("transport"))?,
            remembered: row.remembered,
            // Empty without a device.
            device: TokenHash::from_stored(row.device_hash),
        })
    }
}

/// Inserts a challenge, and deletes the account's oldest over [`CHALLENGES_PER_ACCOUNT`]. Those of
/// recognized devices are counted apart, so that an attacker with the password cannot end the login
/// of the owner there.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    new: &SecondFactorChallenge,
) -> Result<(), StoreError> {
    let user_id = new.user.to_string();
    let row = NewRow {
        token_hash: token.as_bytes(),
        user_id: &user_id,
        created_at: new.created_at.as_micros(),
        expires_at: new.expires_at.as_micros(),
        tries_left: CHALLENGE_TRIES,
        password_version: new.password_version,
        factors_version: new.factors_version,
        amr: new.methods.joined(),
        confirms: new.confirms,
        transport: new.transport.as_str(),
        remembered: new.remembered,
        device_hash: new.device.as_ref().map_or(&[], |device| device.as_bytes()),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(challenges::table).values(&row)).execute(c))?;
    delete_surplus(tx, &row)
}

fn delete_surplus(tx: &mut Tx<'_>, new: &NewRow<'_>) -> Result<(), StoreError> {
    let recognized = with_conn!(tx, c => devices::table
        .filter(devices::user_id.eq(new.user_id))
        .select(devices::token_hash)
        .load::<Vec<u8>>(c))?;
    let is_recognized = |device: &[u8]| recognized.iter().any(|known| known == device);
    let is_own = is_recognized(new.device_hash);
    let open = with_conn!(tx, c => challenges::table
        .filter(challenges::user_id.eq(new.user_id))
        .order((challenges::created_at.desc(), challenges::token_hash.desc()))
        .select((challenges::token_hash, challenges::device_hash))
        .load::<(Vec<u8>, Vec<u8>)>(c))?;
    let alike = open
        .into_iter()
        .filter(|(_, device)| is_recognized(device) == is_own);
    let surplus: Vec<_> = alike
        .skip(CHALLENGES_PER_ACCOUNT)
        .map(|(token, _)| token)
        .collect();
    delete_all(tx, &surplus)
}

/// Returns the challenge with this token that is open at `now`.
pub fn by_token(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<SecondFactorChallenge>, StoreError> {
    with_conn!(tx, c => challenges::table
        .find(token.as_bytes())
        .filter(challenges::tries_left.gt(0))
        .filter(challenges::expires_at.gt(now.as_micros()))
        .select(Row::as_select())
        .get_result(c)
        .optional())?
    .map(SecondFactorChallenge::try_from)
    .transpose()
}

/// Consumes one try of an open challenge. Returns the tries that are left, or `None` if the
/// challenge is not open.
pub fn take_try(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    Ok(with_conn!(tx, c => diesel::update(challenges::table
            .find(token.as_bytes())
            .filter(challenges::tries_left.gt(0))
            .filter(challenges::expires_at.gt(now.as_micros())))
        .set(challenges::tries_left.eq(challenges::tries_left - 1))
        .returning(challenges::tries_left)
        .get_result(c)
        .optional())?)
}

/// Consumes a challenge whose last try may be in use. Returns whether it existed and had not
/// expired.
pub fn consume(tx: &mut Tx<'_>, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(challenges::table
            .find(token.as_bytes())
            .filter(challenges::expires_at.gt(now.as_micros())))
        .execute(c))?;
    Ok(deleted == 1)
}

/// Deletes the challenges of an account.
pub fn delete_by_user(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::delete(challenges::table.filter(challenges::user_id.eq(user.to_string())))
        .execute(c))?;
    Ok(())
}

/// Returns the challenges of an account that are active at `now`, the oldest first.
pub fn list_by_user(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<SecondFactorChallenge>, StoreError> {
    with_conn!(tx, c => challenges::table
        .filter(challenges::user_id.eq(user.to_string()))
        .filter(challenges::expires_at.gt(now.as_micros()))
        .order((challenges::created_at, challenges::token_hash))
        .select(Row::as_select())
        .load(c))?
    .into_iter()
    .map(SecondFactorChallenge::try_from)
    .collect()
}

/// Deletes up to `limit` expired challenges. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        Vec<u8>,
        challenges::table
            .filter(challenges::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(challenges::token_hash)
    )?;
    delete_all(tx, &expired)?;
    Ok(expired.len())
}

fn delete_all(tx: &mut Tx<'_>, tokens: &[Vec<u8>]) -> Result<(), StoreError> {
    if !tokens.is_empty() {
        with_conn!(tx, c => diesel::delete(challenges::table.filter(challenges::token_hash.eq_any(tokens)))
            .execute(c))?;
    }
    Ok(())
}
