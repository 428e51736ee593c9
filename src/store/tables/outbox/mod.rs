//! The table of messages, inserted in the transaction of their event and claimed by one worker at a
//! time.

mod message;
mod recipient;

use std::time::Duration;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper, dsl::exists,
};

use crate::{
    domain::{
        account::ids::{InvitationId, MessageId},
        language::Language,
        message::{MessageKind, NOTICE_LIFE},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::outbox,
        tables::delivery::{ClaimedBatch, DeliveryResult, FinalState, PendingMessages},
        tx::{Tx, lock_skip, with_conn},
    },
};

pub use message::{NewMessage, OutboxMessage};
pub use recipient::list_by_recipient;

/// The state of a message that is to be sent. Every other state is final.
const WAITING: &str = "waiting";

/// The state of a resolved mail request. Earlier releases kept requests in this table.
const ANSWERED: &str = "answered";

/// The time for which an operator can see the final state of a message.
const RETENTION: Duration = Duration::from_hours(24);

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Row {
    id: String,
    kind: String,
    recipient: String,
    language: String,
    reference: String,
    detail: String,
    state: String,
    attempts: i64,
    due_at: i64,
    expires_at: i64,
    created_at: i64,
}

impl TryFrom<Row> for OutboxMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("outbox", column, &row.id);
        let kind = MessageKind::of(&row.kind).ok_or_else(|| corrupt("kind"))?;
        let reference = match row.reference.as_str() {
            "" => None,
            text => Some(kind.reference(text).ok_or_else(|| corrupt("reference"))?),
        };
        Ok(Self {
            id: MessageId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            kind,
            reference,
            language: Language::of_tag(&row.language),
            recipient: row.recipient,
            detail: row.detail,
            attempts: row.attempts,
            expires_at: Timestamp::from_micros(row.expires_at),
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}

/// Inserts a message that is due at once.
pub fn insert(tx: &mut Tx<'_>, new: &NewMessage<'_>) -> Result<(), StoreError> {
    let row = Row {
        id: new.id.to_string(),
        kind: new.kind.as_str().to_owned(),
        recipient: new.recipient.to_owned(),
        language: new.language.tag().to_owned(),
        reference: new.reference.map(|id| id.to_string()).unwrap_or_default(),
        detail: new.detail.to_owned(),
        state: WAITING.to_owned(),
        attempts: 0,
        due_at: new.created_at.as_micros(),
        expires_at: new.expires_at.as_micros(),
        created_at: new.created_at.as_micros(),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(outbox::table).values(&row)).execute(c))?;
    Ok(())
}

/// Returns whether a message is due that this release can send.
pub fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let due = outbox::table
        .filter(outbox::state.eq(WAITING))
        .filter(outbox::due_at.le(now.as_micros()))
        .filter(outbox::kind.eq_any(MessageKind::ALL.map(MessageKind::as_str)));
    Ok(with_conn!(tx, c => diesel::select(exists(due)).get_result(c))?)
}

/// Returns the number of messages that are to be sent, at most `limit`, and the oldest of them.
pub fn pending(tx: &mut Tx<'_>, limit: i64) -> Result<PendingMessages, StoreError> {
    let created = with_conn!(tx, c => outbox::table
        .filter(outbox::state.eq(WAITING))
        .order(outbox::due_at)
        .limit(limit)
        .select(outbox::created_at)
        .load::<i64>(c))?;
    let oldest = created.iter().min().copied();
    Ok(PendingMessages {
        count: u64::try_from(created.len()).unwrap_or(u64::MAX),
        oldest: oldest.map(Timestamp::from_micros),
    })
}

/// Claims up to `limit` due messages under a lease until `until`, when they are due again: no other
/// worker claims them before, and none is lost with a worker that dies. The rows are locked from
/// the query to the commit, so that two workers never claim the same message. Kinds that only a
/// newer release supports are left to it. A row that cannot be read ends as `failed`.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<ClaimedBatch<OutboxMessage>, StoreError> {
    let kinds = MessageKind::ALL.map(MessageKind::as_str);
    let due = lock_skip!(
        tx,
        String,
        outbox::table
            .filter(outbox::state.eq(WAITING))
            .filter(outbox::due_at.le(now.as_micros()))
            .filter(outbox::kind.eq_any(kinds))
            .order(outbox::due_at)
            .limit(limit)
            .select(outbox::id)
    )?;
    let claimed = with_conn!(tx, c => diesel::update(outbox::table.filter(outbox::id.eq_any(&due)))
        .set(outbox::due_at.eq(until.as_micros()))
        .returning(Row::as_returning())
        .load::<Row>(c))?;
    let mut messages = Vec::new();
    let mut unreadable = Vec::new();
    for row in claimed {
        let id = row.id.clone();
        match OutboxMessage::try_from(row) {
            Ok(message) => messages.push(message),
            Err(error) => {
                end(tx, &id, FinalState::Failed)?;
                unreadable.push(error);
            }
        }
    }
    Ok(ClaimedBatch {
        messages,
        unreadable,
    })
}

/// Records the results of claimed messages.
pub fn record(tx: &mut Tx<'_>, ended: &[(MessageId, DeliveryResult)]) -> Result<(), StoreError> {
    ended.iter().try_for_each(|&(id, ending)| match ending {
        DeliveryResult::Final(state) => end(tx, &id.to_string(), state),
        DeliveryResult::Retry {
            attempts, due_at, ..
        } => retry(tx, id, attempts, due_at),
    })
}

fn retry(
    tx: &mut Tx<'_>,
    id: MessageId,
    attempts: i64,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(outbox::table.find(id.to_string()))
        .filter(outbox::state.eq(WAITING))
        .set((outbox::attempts.eq(attempts), outbox::due_at.eq(due_at.as_micros())))
        .returning(outbox::attempts))
        .execute_counting(c))?;
    Ok(())
}

/// Sets the final state of a message, and erases its recipient and details.
fn end(tx: &mut Tx<'_>, id: &str, state: FinalState) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(outbox::table.find(id))
        .set((
            outbox::state.eq(state.as_str()),
            outbox::recipient.eq(""),
            outbox::detail.eq(""),
        ))
        .returning(outbox::attempts))
        .execute_counting(c))?;
    Ok(())
}

/// Ends the waiting mail of an invitation as expired.
pub fn withdraw_invitation(tx: &mut Tx<'_>, id: InvitationId) -> Result<(), StoreError> {
    let waiting = with_conn!(tx, c => outbox::table
        .filter(outbox::kind.eq(MessageKind::Invitation.as_str()))
        .filter(outbox::reference.eq(id.to_string()))
        .filter(outbox::state.eq(WAITING))
        .select(outbox::id)
        .load::<String>(c))?;
    waiting
        .iter()
        .try_for_each(|id| end(tx, id, FinalState::Expired))
}

/// Deletes up to `limit` messages that ended a day ago, or that no release which supports their
/// kind claimed until a day after their expiry. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let then = now.minus(RETENTION);
    let finals = FinalState::ALL
        .map(FinalState::as_str)
        .into_iter()
        .chain([ANSWERED]);
    let has_ended = outbox::state
        .eq_any(finals)
        .and(outbox::due_at.le(then.as_micros()));
    let is_left = outbox::state
        .eq(WAITING)
        .and(outbox::due_at.le(then.minus(NOTICE_LIFE).as_micros()));
    let expired = lock_skip!(
        tx,
        String,
        outbox::table
            .filter(has_ended.or(is_left))
            .limit(limit)
            .select(outbox::id)
    )?;
    with_conn!(tx, c => diesel::delete(outbox::table.filter(outbox::id.eq_any(&expired))).execute(c))?;
    Ok(expired.len())
}
