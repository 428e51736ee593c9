//! The table of passkeys.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::{
            display_name::DisplayName,
            ids::{PasskeyId, UserId},
        },
        credential::passkey::{Passkey, Transports},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::passkeys,
        tx::{Tx, with_conn},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = passkeys)]
struct Row {
    id: String,
    user_id: String,
    rp_id: String,
    credential_id: Vec<u8>,
    public_key: Vec<u8>,
    sign_count: i64,
    transports: String,
    backup_eligible: bool,
    backed_up: bool,
    name: String,
    created_at: i64,
    last_used_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = passkeys)]
struct NewPasskeyRow<'a> {
    id: String,
    user_id: String,
    rp_id: &'a str,
    credential_id: &'a [u8],
    public_key: &'a [u8],
    sign_count: i64,
    transports: &'a str,
    backup_eligible: bool,
    backed_up: bool,
    name: &'a str,
    created_at: i64,
    last_used_at: i64,
}

impl TryFrom<Row> for Passkey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("passkeys", column, &row.id);
        Ok(Self {
            id: PasskeyId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            user_id: UserId::parse(&row.user_id).ok_or_else(|| corrupt("user_id"))?,
            sign_count: u32::try_from(row.sign_count)
                .map_err(|_out_of_range| corrupt("sign_count"))?,
            rp_id: row.rp_id,
            credential_id: row.credential_id,
            public_key: row.public_key,
            transports: Transports::from_stored(row.transports),
            is_backup_eligible: row.backup_eligible,
            is_backed_up: row.backed_up,
            name: DisplayName::from_stored(row.name),
            created_at: Timestamp::from_micros(row.created_at),
            last_used_at: (row.last_used_at != 0).then(|| Timestamp::from_micros(row.last_used_at)),
        })
    }
}

/// Inserts a passkey. Returns `false` if its credential is registered already, for any account.
pub fn insert(tx: &mut Tx<'_>, new: &Passkey) -> Result<bool, StoreError> {
    let row = NewPasskeyRow {
        id: new.id.to_string(),
        user_id: new.user_id.to_string(),
        rp_id: &new.rp_id,
        credential_id: &new.credential_id,
        public_key: &new.public_key,
        sign_count: new.sign_count.into(),
        transports: new.transports.joined(),
        backup_eligible: new.is_backup_eligible,
        backed_up: new.is_backed_up,
        name: new.name.as_str(),
        created_at: new.created_at.as_micros(),
        last_used_at: new.last_used_at.map_or(0, Timestamp::as_micros),
    };
    let inserted = with_conn!(tx, c => diesel::insert_into(passkeys::table)
        .values(&row)
        .on_conflict(passkeys::credential_id)
        .do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Returns the passkey with this credential id.
pub fn by_credential_id(tx: &mut Tx<'_>, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
    with_conn!(tx, c => passkeys::table
        .filter(passkeys::credential_id.eq(id))
        .select(Row::as_select())
        .get_result(c)
        .optional())?
    .map(Passkey::try_from)
    .transpose()
}

/// Returns the passkeys of an account, the oldest first.
pub fn list_by_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Passkey>, StoreError> {
    with_conn!(tx, c => passkeys::table
        .filter(passkeys::user_id.eq(user.to_string()))
        .order((passkeys::created_at.asc(), passkeys::id.asc()))
        .select(Row::as_select())
        .load(c))?
    .into_iter()
    .map(Passkey::try_from)
    .collect()
}

/// Returns the number of passkeys of other relying parties than `rp_id`.
pub fn count_of_others(tx: &mut Tx<'_>, rp_id: &str) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => passkeys::table
        .filter(passkeys::rp_id.ne(rp_id))
        .count()
        .get_result(c))?)
}

/// Records a use. Returns `false` if another use changed the counter, or the passkey was removed.
pub fn record_use(
    tx: &mut Tx<'_>,
    passkey: &Passkey,
    sign_count: u32,
    backed_up: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let updated = with_conn!(tx, c => diesel::update(passkeys::table
            .find(passkey.id.to_string())
            .filter(passkeys::sign_count.eq(i64::from(passkey.sign_count))))
        .set((
            passkeys::sign_count.eq(i64::from(sign_count)),
            passkeys::backed_up.eq(backed_up),
            passkeys::last_used_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(updated == 1)
}

/// Names a passkey of an account. Returns the passkey, or `None` if the account has no such one.
pub fn set_name(
    tx: &mut Tx<'_>,
    user: UserId,
    id: PasskeyId,
    name: &DisplayName,
) -> Result<Option<Passkey>, StoreError> {
    let passkey = passkeys::table
        .find(id.to_string())
        .filter(passkeys::user_id.eq(user.to_string()));
    with_conn!(tx, c => diesel::update(passkey)
        .set(passkeys::name.eq(name.as_str()))
        .returning(Row::as_returning())
        .get_result(c)
        .optional())?
    .map(Passkey::try_from)
    .transpose()
}

/// Deletes a passkey of an account. Returns whether the account had it.
pub fn delete(tx: &mut Tx<'_>, user: UserId, id: PasskeyId) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(passkeys::table
            .find(id.to_string())
            .filter(passkeys::user_id.eq(user.to_string())))
        .execute(c))?;
    Ok(deleted == 1)
}
