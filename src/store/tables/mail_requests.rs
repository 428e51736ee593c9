//! The table of mail requests that name only an address: at most one per mailbox and kind, deleted
//! when it is resolved.

use diesel::{
    ExpressionMethods, IntoSql, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::{case_when, exists},
    sql_types::Binary,
    upsert::excluded,
};

use crate::{
    domain::{
        account::{email::EmailKey, ids::MessageId},
        language::Language,
        message::MailRequestKind,
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::mail_requests,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// The client of a request that several clients made: its mails count for the mailbox alone.
const SEVERAL_CLIENTS: &[u8] = &[];

/// A request to insert.
pub struct NewMailRequest<'a> {
    /// The id.
    pub id: MessageId,
    /// The mail that it requests.
    pub kind: MailRequestKind,
    /// The mailbox, which may belong to no account.
    pub mailbox: &'a EmailKey,
    /// The client's language.
    pub language: Language,
    /// A keyed digest of the client's network and the mailbox.
    pub client: Subject,
    /// The time from which the mail is not worth sending.
    pub expires_at: Timestamp,
}

/// A stored request.
pub struct MailRequest {
    /// The stored id.
    pub id: String,
    /// The mail that it requests.
    pub kind: MailRequestKind,
    /// The stored key of the mailbox.
    pub mailbox: String,
    /// The client's language.
    pub language: Language,
    /// The client, if only one made the request.
    pub client: Option<Subject>,
    /// The time from which the mail is not worth sending.
    pub expires_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = mail_requests)]
struct Row {
    id: String,
    kind: String,
    mailbox: String,
    language: String,
    client: Vec<u8>,
    expires_at: i64,
}

impl Row {
    /// Returns the request, if this release supports its kind.
    fn supported(self) -> Option<MailRequest> {
        Some(MailRequest {
            id: self.id,
            kind: MailRequestKind::of(&self.kind)?,
            mailbox: self.mailbox,
            language: Language::of_tag(&self.language),
            client: self.client.try_into().ok(),
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

/// Inserts a request unless one of its mailbox and kind exists. Returns whether it was inserted.
///
/// A request that a second client repeats counts for neither client. Otherwise a client whose quota
/// is used up could keep the owner's request from being served.
pub fn insert(tx: &mut Tx<'_>, new: &NewMailRequest<'_>) -> Result<bool, StoreError> {
    let id = new.id.to_string();
    let is_same = mail_requests::client.eq(excluded(mail_requests::client));
    let kept = with_conn!(tx, c => prepared!(diesel::insert_into(mail_requests::table)
        .values((
            mail_requests::id.eq(&id),
            mail_requests::kind.eq(new.kind.as_str()),
            mail_requests::mailbox.eq(new.mailbox.as_str()),
            mail_requests::language.eq(new.language.tag()),
            mail_requests::client.eq(&new.client[..]),
            mail_requests::expires_at.eq(new.expires_at.as_micros()),
        ))
        .on_conflict((mail_requests::mailbox, mail_requests::kind))
        .do_update()
        .set(mail_requests::client.eq(case_when(is_same, mail_requests::client)
            .otherwise(SEVERAL_CLIENTS.into_sql::<Binary>())))
        .returning(mail_requests::id))
        .get_result::<String>(c))?;
    Ok(kept == id)
}

/// Returns the number of requests.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => mail_requests::table.count().get_result(c))?)
}

/// Returns whether a request exists that this release can resolve.
pub fn has_any(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let known = mail_requests::table
        .filter(mail_requests::kind.eq_any(MailRequestKind::ALL.map(MailRequestKind::as_str)));
    Ok(with_conn!(tx, c => diesel::select(exists(known)).get_result(c))?)
}

/// Locks up to `limit` of the oldest requests until the transaction ends, skipping those that
/// another replica has locked. Returns them.
pub fn lock_oldest(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<MailRequest>, StoreError> {
    let rows = lock_skip!(
        tx,
        Row,
        mail_requests::table
            .filter(mail_requests::kind.eq_any(MailRequestKind::ALL.map(MailRequestKind::as_str)))
            .order(mail_requests::id)
            .limit(limit)
            .select(Row::as_select())
    )?;
    Ok(rows.into_iter().filter_map(Row::supported).collect())
}

/// Returns the requests of a mailbox, the oldest first.
pub fn list_by_mailbox(
    tx: &mut Tx<'_>,
    mailbox: &EmailKey,
) -> Result<Vec<MailRequest>, StoreError> {
    let rows: Vec<Row> = with_conn!(tx, c => mail_requests::table
        .filter(mail_requests::mailbox.eq(mailbox.as_str()))
        .order(mail_requests::id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().filter_map(Row::supported).collect())
}

/// Deletes these requests. Returns how many existed.
pub fn delete(tx: &mut Tx<'_>, ids: &[&str]) -> Result<usize, StoreError> {
    Ok(with_conn!(tx, c => diesel::delete(mail_requests::table
            .filter(mail_requests::id.eq_any(ids)))
        .execute(c))?)
}

/// Deletes up to `limit` expired requests. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        mail_requests::table
            .filter(mail_requests::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(mail_requests::id)
    )?;
    with_conn!(tx, c => diesel::delete(mail_requests::table.filter(mail_requests::id.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
