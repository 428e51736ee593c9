//! The table of accounts.

use std::collections::HashSet;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::UserId,
            user::{Credentials, User},
            username::{Username, UsernameKey},
        },
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::{StoreError, Unique},
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// An account to be kept.
pub struct NewUser<'a> {
    /// The account.
    pub user: &'a User,
    /// The stored form of its password.
    pub password_hash: &'a str,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    id: String,
    username: String,
    username_key: String,
    email: String,
    email_key: String,
    email_verified: bool,
    created_at: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct CredentialsRow {
    #[diesel(embed)]
    user: UserRow,
    password_hash: String,
    password_version: i64,
    disabled: bool,
}

#[derive(Insertable)]
#[diesel(table_name = users)]
struct NewUserRow<'a> {
    id: String,
    username: &'a str,
    username_key: &'a str,
    email: &'a str,
    email_key: &'a str,
    email_verified: bool,
    password_hash: &'a str,
    password_version: i64,
    disabled: bool,
    created_at: i64,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let id =
            UserId::parse(&row.id).ok_or_else(|| StoreError::corrupt("users", "id", &row.id))?;
        Ok(Self {
            id,
            username: Username::from_stored(row.username, row.username_key),
            email: Email::from_stored(row.email, row.email_key),
            email_verified: row.email_verified,
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}

impl TryFrom<CredentialsRow> for Credentials {
    type Error = StoreError;

    fn try_from(row: CredentialsRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: row.user.try_into()?,
            password_hash: row.password_hash,
            password_version: row.password_version,
            disabled: row.disabled,
        })
    }
}

/// Keeps a new account. A user name or address in use is [`StoreError::Taken`].
pub fn insert(tx: &mut Tx<'_>, new: &NewUser<'_>) -> Result<(), StoreError> {
    let user = new.user;
    let row = NewUserRow {
        id: user.id.to_string(),
        username: user.username.as_str(),
        username_key: user.username.key().as_str(),
        email: user.email.as_str(),
        email_key: user.email.key().as_str(),
        email_verified: user.email_verified,
        password_hash: new.password_hash,
        password_version: 0,
        disabled: false,
        created_at: user.created_at.as_micros(),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(users::table).values(&row)).execute(c))?;
    Ok(())
}

/// The account of this user name.
pub fn by_username(tx: &mut Tx<'_>, key: &UsernameKey) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .filter(users::username_key.eq(key.as_str()))
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// The account of this address.
pub fn by_email(tx: &mut Tx<'_>, key: &EmailKey) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .filter(users::email_key.eq(key.as_str()))
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// The account of this id.
pub fn by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .find(id.to_string())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// Which of the two keys are in use, in field order.
pub fn taken_keys(
    tx: &mut Tx<'_>,
    username: &UsernameKey,
    email: &EmailKey,
) -> Result<Vec<Unique>, StoreError> {
    let mut taken = Vec::new();
    if by_username(tx, username)?.is_some() {
        taken.push(Unique::Username);
    }
    if by_email(tx, email)?.is_some() {
        taken.push(Unique::Email);
    }
    Ok(taken)
}

/// Which of these mailboxes are accounts' addresses.
pub fn registered_mailboxes(
    tx: &mut Tx<'_>,
    mailboxes: &[&str],
) -> Result<HashSet<String>, StoreError> {
    let known = with_conn!(tx, c => users::table
        .filter(users::email_key.eq_any(mailboxes))
        .select(users::email_key)
        .load::<String>(c))?;
    Ok(known.into_iter().collect())
}

/// Up to `limit` accounts in the order of their ids, from the one after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<Credentials>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    with_conn!(tx, c => users::table
        .filter(users::id.gt(&after))
        .order(users::id.asc())
        .limit(limit)
        .select(CredentialsRow::as_select())
        .load(c))?
    .into_iter()
    .map(Credentials::try_from)
    .collect()
}

/// Gives an account another user name; whether it exists.
pub fn set_username(tx: &mut Tx<'_>, id: UserId, username: &Username) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::username.eq(username.as_str()),
            users::username_key.eq(username.key().as_str()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Renews the hash of a password that stays the same, if it still is `old`; whether it was.
pub fn renew_password_hash(
    tx: &mut Tx<'_>,
    id: UserId,
    old: &str,
    new: &str,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::password_hash.eq(old)))
        .set(users::password_hash.eq(new))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces a password if it still is of this version; whether it was, so that a concurrent change is never undone.
pub fn change_password(
    tx: &mut Tx<'_>,
    id: UserId,
    version: i64,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::password_version.eq(version)))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces a password whatever it is; whether the account exists.
pub fn set_password(tx: &mut Tx<'_>, id: UserId, new_hash: &str) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Notes that the account's owner reads its mailbox, if it still is this one; whether it is.
pub fn verify_email(tx: &mut Tx<'_>, id: UserId, mailbox: &EmailKey) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::email_key.eq(mailbox.as_str())))
        .set(users::email_verified.eq(true))
        .execute(c))?;
    Ok(changed == 1)
}

/// Gives an account another address, whose mailbox its owner proved to read; whether it exists.
pub fn set_email(tx: &mut Tx<'_>, id: UserId, email: &Email) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::email.eq(email.as_str()),
            users::email_key.eq(email.key().as_str()),
            users::email_verified.eq(true),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces the password of whoever proved to read the account's mailbox, if it still is this one; whether it is.
pub fn reset_password(
    tx: &mut Tx<'_>,
    id: UserId,
    mailbox: &EmailKey,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::email_key.eq(mailbox.as_str())))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
            users::email_verified.eq(true),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Keeps others from changing an account until the transaction ends, which SQLite's writers do anyway; whether it exists.
///
/// Rows are taken in one order, whoever comes, so that no two wait for each other in a circle: counters, failures, the account,
/// what is its own.
pub fn lock(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let account = users::table.find(id.to_string()).select(users::id);
    let found = match tx {
        Tx::Sqlite(connection) => account.get_result::<String>(&mut **connection).optional(),
        Tx::Postgres(connection) => account
            .for_no_key_update()
            .get_result::<String>(&mut **connection)
            .optional(),
    };
    Ok(found?.is_some())
}

/// The same for the account of a mailbox; returns its id.
pub fn lock_by_email(tx: &mut Tx<'_>, mailbox: &EmailKey) -> Result<Option<String>, StoreError> {
    let account = users::table
        .filter(users::email_key.eq(mailbox.as_str()))
        .select(users::id);
    Ok(match tx {
        Tx::Sqlite(connection) => account.get_result(&mut **connection).optional(),
        Tx::Postgres(connection) => account
            .for_no_key_update()
            .get_result(&mut **connection)
            .optional(),
    }?)
}

/// Whether the account exists, is not disabled and has the password of this version; if so, until the transaction ends.
pub fn lock_if_unchanged(tx: &mut Tx<'_>, id: UserId, version: i64) -> Result<bool, StoreError> {
    if !lock(tx, id)? {
        return Ok(false);
    }
    let found = with_conn!(tx, c => users::table
        .find(id.to_string())
        .filter(users::password_version.eq(version))
        .filter(users::disabled.eq(false))
        .count()
        .get_result::<i64>(c))?;
    Ok(found == 1)
}

/// Counts a failed log-in of an account, unless it has `limit` of them in a row; whether it was counted.
pub fn count_failure(tx: &mut Tx<'_>, id: UserId, limit: Option<i64>) -> Result<bool, StoreError> {
    let counted = with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.lt(limit.unwrap_or(i64::MAX))))
        .set(users::failed_log_ins.eq(users::failed_log_ins + 1))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(counted == 1)
}

/// Takes one failed log-in back that was none.
pub fn refund_failure(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.gt(0)))
        .set(users::failed_log_ins.eq(users::failed_log_ins - 1))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(())
}

/// Forgets an account's failed log-ins.
pub fn reset_failures(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::failed_log_ins.gt(0)))
        .set(users::failed_log_ins.eq(0))
        .returning(users::failed_log_ins))
        .execute_counting(c))?;
    Ok(())
}

/// Shuts or opens an account; whether it exists.
pub fn set_disabled(tx: &mut Tx<'_>, id: UserId, disabled: bool) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set(users::disabled.eq(disabled))
        .execute(c))?;
    Ok(changed == 1)
}

/// Removes an account with everything that is its own; whether it existed.
pub fn delete(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let deleted =
        with_conn!(tx, c => diesel::delete(users::table.find(id.to_string())).execute(c))?;
    Ok(deleted == 1)
}
