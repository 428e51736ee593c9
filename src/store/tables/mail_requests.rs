//! The table of requests for mail that name only an address. One waits for a mailbox and kind at most; it is deleted when it is resolved.

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

/// The client of a request that several clients made: the mails that follow count for the mailbox alone.
const SEVERAL: &[u8] = &[];

/// A request to be kept.
pub struct NewMailRequest<'a> {
    /// Its id.
    pub id: MessageId,
    /// The mail that it asks for.
    pub kind: MailRequestKind,
    /// The mailbox, which may be of no account.
    pub mailbox: &'a EmailKey,
    /// The client's language.
    pub language: Language,
    /// A keyed digest of the client's network and the mailbox.
    pub client: Subject,
    /// When it is too late for an answer.
    pub expires_at: Timestamp,
}

/// A request that waits.
pub struct MailRequest {
    /// Its id, as it is kept.
    pub id: String,
    /// The mail that it asks for.
    pub kind: MailRequestKind,
    /// The key of the mailbox, as it is kept.
    pub mailbox: String,
    /// The client's language.
    pub language: Language,
    /// The only client that made it.
    pub client: Option<Subject>,
    /// When it is too late for an answer.
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
    /// The request, if this release knows its kind.
    fn known(self) -> Option<MailRequest> {
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

/// Keeps a request unless one of its mailbox and kind waits already; returns whether it was kept. A request that another client repeats
/// is charged to none of them: otherwise a client whose mails are used up could keep its owner's request from being answered.
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
            .otherwise(SEVERAL.into_sql::<Binary>())))
        .returning(mail_requests::id))
        .get_result::<String>(c))?;
    Ok(kept == id)
}

/// How many requests wait.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => mail_requests::table.count().get_result(c))?)
}

/// Whether a request waits that this release can resolve.
pub fn has_any(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let known = mail_requests::table
        .filter(mail_requests::kind.eq_any(MailRequestKind::ALL.map(MailRequestKind::as_str)));
    Ok(with_conn!(tx, c => diesel::select(exists(known)).get_result(c))?)
}

/// The oldest requests that no other replica holds, up to `limit`. They are held until the transaction ends.
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
    Ok(rows.into_iter().filter_map(Row::known).collect())
}

/// Deletes these requests; how many there were.
pub fn delete(tx: &mut Tx<'_>, ids: &[&str]) -> Result<usize, StoreError> {
    Ok(with_conn!(tx, c => diesel::delete(mail_requests::table
            .filter(mail_requests::id.eq_any(ids)))
        .execute(c))?)
}

/// Removes up to `limit` requests that nothing resolved in time; how many.
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
