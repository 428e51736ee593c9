//! The table of invitations, each with the digest of its token.

use std::time::Duration;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::InvitationId,
            roles::Roles,
        },
        credential::{invitation::Invitation, token::TokenHash},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::invitations,
        tx::{Tx, TxConnection, lock_skip, with_conn},
    },
};

/// The time for which operators can see an expired invitation. No pending signup outlives it.
const RETENTION: Duration = Duration::from_hours(30 * 24);

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations)]
struct Row {
    id: String,
    email: String,
    email_key: String,
    roles: String,
    uses: i64,
    uses_left: i64,
    created_at: i64,
    expires_at: i64,
    revoked_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = invitations)]
struct NewInvitationRow<'a> {
    id: String,
    token_hash: &'a [u8],
    email: &'a str,
    email_key: &'a str,
    roles: &'a str,
    uses: i64,
    uses_left: i64,
    created_at: i64,
    expires_at: i64,
    revoked_at: i64,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = InvitationId::parse(&row.id)
            .ok_or_else(|| StoreError::corrupt("invitations", "id", &row.id))?;
        Ok(Self {
            id,
            email: (!row.email.is_empty()).then(|| Email::from_stored(row.email, row.email_key)),
            roles: Roles::from_stored(row.roles),
            uses: row.uses,
            uses_left: row.uses_left,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            revoked_at: (row.revoked_at != 0).then(|| Timestamp::from_micros(row.revoked_at)),
        })
    }
}

/// Inserts an invitation.
pub fn insert(tx: &mut Tx<'_>, new: &Invitation, token: &TokenHash) -> Result<(), StoreError> {
    let email = new.email.as_ref();
    let row = NewInvitationRow {
        id: new.id.to_string(),
        token_hash: token.as_bytes(),
        email: email.map(Email::as_str).unwrap_or_default(),
        email_key: email
            .map(Email::key)
            .map(EmailKey::as_str)
            .unwrap_or_default(),
        roles: new.roles.joined(),
        uses: new.uses,
        uses_left: new.uses_left,
        created_at: new.created_at.as_micros(),
        expires_at: new.expires_at.as_micros(),
        revoked_at: new.revoked_at.map_or(0, Timestamp::as_micros),
    };
    with_conn!(tx, c => diesel::insert_into(invitations::table).values(&row).execute(c))?;
    Ok(())
}

/// Returns the invitation of this token.
pub fn by_token(tx: &mut Tx<'_>, token: &TokenHash) -> Result<Option<Invitation>, StoreError> {
    with_conn!(tx, c => invitations::table
        .filter(invitations::token_hash.eq(token.as_bytes()))
        .select(Row::as_select())
        .get_result(c)
        .optional())?
    .map(Invitation::try_from)
    .transpose()
}

/// Locks the row of an invitation until the transaction ends, and returns the invitation. SQLite
/// has one writer at a time anyway.
pub fn lock(tx: &mut Tx<'_>, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    let invitation = invitations::table.find(id.to_string());
    match &mut tx.connection {
        TxConnection::Sqlite(connection) => invitation
            .select(Row::as_select())
            .get_result(&mut **connection)
            .optional(),
        TxConnection::Postgres(connection) => invitation
            .select(Row::as_select())
            .for_update()
            .get_result(&mut **connection)
            .optional(),
    }?
    .map(Invitation::try_from)
    .transpose()
}

/// Consumes a use that a signup has claimed or reserved. Returns the roles of its account, or
/// `None` if no use is left or the invitation was revoked. A reserved use outlives the expiry. The
/// address of a mailed invitation is deleted: it belongs to the account from now on.
pub fn consume(tx: &mut Tx<'_>, id: InvitationId) -> Result<Option<Roles>, StoreError> {
    let roles = with_conn!(tx, c => diesel::update(invitations::table
            .find(id.to_string())
            .filter(invitations::uses_left.gt(0))
            .filter(invitations::revoked_at.eq(0)))
        .set((
            invitations::uses_left.eq(invitations::uses_left - 1),
            invitations::email.eq(""),
            invitations::email_key.eq(""),
        ))
        .returning(invitations::roles)
        .get_result::<String>(c)
        .optional())?;
    Ok(roles.map(Roles::from_stored))
}

/// Returns up to `limit` invitations in the order of their ids, starting after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    after: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    with_conn!(tx, c => invitations::table
        .filter(invitations::id.gt(&after))
        .order(invitations::id.asc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?
    .into_iter()
    .map(Invitation::try_from)
    .collect()
}

/// Returns the invitations that were mailed to this mailbox and not used, the oldest first.
pub fn list_by_mailbox(tx: &mut Tx<'_>, mailbox: &EmailKey) -> Result<Vec<Invitation>, StoreError> {
    with_conn!(tx, c => invitations::table
        .filter(invitations::email_key.eq(mailbox.as_str()))
        .order(invitations::id.asc())
        .select(Row::as_select())
        .load(c))?
    .into_iter()
    .map(Invitation::try_from)
    .collect()
}

/// Revokes an invitation and deletes its address. Returns whether it existed and was not revoked
/// before.
pub fn revoke(tx: &mut Tx<'_>, id: InvitationId, now: Timestamp) -> Result<bool, StoreError> {
    let revoked = with_conn!(tx, c => diesel::update(invitations::table
            .find(id.to_string())
            .filter(invitations::revoked_at.eq(0)))
        .set((
            invitations::revoked_at.eq(now.as_micros()),
            invitations::email.eq(""),
            invitations::email_key.eq(""),
        ))
        .execute(c))?;
    Ok(revoked == 1)
}

/// Deletes up to `limit` invitations that expired 30 days ago. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        invitations::table
            .filter(invitations::expires_at.le(now.minus(RETENTION).as_micros()))
            .limit(limit)
            .select(invitations::id)
    )?;
    with_conn!(tx, c => diesel::delete(invitations::table.filter(invitations::id.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
