//! The table of messages: written together with what they tell of, taken by one sender at a time; it must not know how they leave.

use std::time::Duration;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper, dsl::exists,
};

use crate::{
    domain::{
        account::ids::{ChallengeId, MessageId},
        language::Language,
        message::{MessageKind, NOTICE_LIFE},
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::outbox,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// The state of a message that is still to be sent; every other state is final.
const WAITING: &str = "waiting";

/// The state of a request that a release resolved which kept requests here.
const ANSWERED: &str = "answered";

/// How long an operator can see what became of a message.
const KEPT: Duration = Duration::from_hours(24);

/// A message to be sent.
pub struct NewMessage<'a> {
    /// Never changes, however often it is tried.
    pub id: MessageId,
    /// What it is for.
    pub kind: MessageKind,
    /// The address as written.
    pub recipient: &'a str,
    /// What it is written in.
    pub language: Language,
    /// What its code and link prove, where it has them.
    pub reference: Option<ChallengeId>,
    /// What its words tell of, as a JSON object.
    pub detail: &'a str,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A message that was taken to be sent.
#[derive(Clone)]
pub struct OutboxMessage {
    /// Never changes, however often it is tried.
    pub id: MessageId,
    /// What it is for.
    pub kind: MessageKind,
    /// The address as written.
    pub recipient: String,
    /// What it is written in.
    pub language: Language,
    /// What its code and link prove, where it has them.
    pub reference: Option<ChallengeId>,
    /// What its words tell of, as a JSON object.
    pub detail: String,
    /// How often a server that took our word refused it for now.
    pub attempts: i64,
    /// When it is no longer worth sending.
    pub expires_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Messages that were taken together.
pub struct ClaimedBatch {
    /// Those to be sent.
    pub messages: Vec<OutboxMessage>,
    /// Why others could not be read. They have ended as failed.
    pub unreadable: Vec<StoreError>,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalState {
    /// A server took it.
    Sent,
    /// A server refused it for good.
    Failed,
    /// It was no longer worth sending.
    Expired,
}

impl FinalState {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Sent, Self::Failed, Self::Expired];

    /// The state that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// What became of a message that was taken.
#[derive(Clone, Copy, Debug)]
pub enum DeliveryResult {
    /// It is not sent again.
    Final(FinalState),
    /// It is due again.
    Retry {
        /// How often it was refused for now.
        attempts: i64,
        /// From when on.
        due_at: Timestamp,
    },
}

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
        let reference = match row.reference.as_str() {
            "" => None,
            text => Some(ChallengeId::parse(text).ok_or_else(|| corrupt("reference"))?),
        };
        Ok(Self {
            id: MessageId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            kind: MessageKind::of(&row.kind).ok_or_else(|| corrupt("kind"))?,
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

/// Keeps a message that is due at once and worth sending for its kind's life.
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
        expires_at: new.created_at.plus(new.kind.life()).as_micros(),
        created_at: new.created_at.as_micros(),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(outbox::table).values(&row)).execute(c))?;
    Ok(())
}

/// Whether a message is due that this release can send.
pub fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let due = outbox::table
        .filter(outbox::state.eq(WAITING))
        .filter(outbox::due_at.le(now.as_micros()))
        .filter(outbox::kind.eq_any(MessageKind::ALL.map(MessageKind::as_str)));
    Ok(with_conn!(tx, c => diesel::select(exists(due)).get_result(c))?)
}

/// Takes up to `limit` messages that are due, and makes them due again at `until`: nobody else takes them before, and whoever
/// died with them lost none. They are held from the look at them to the commit, so that two senders never have the same.
/// Kinds that this release does not know are left to the one that wrote them. A row that no release can read ends as failed.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<ClaimedBatch, StoreError> {
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

/// Writes down what became of messages that were taken.
pub fn record(tx: &mut Tx<'_>, ended: &[(MessageId, DeliveryResult)]) -> Result<(), StoreError> {
    ended.iter().try_for_each(|&(id, ending)| match ending {
        DeliveryResult::Final(outcome) => end(tx, &id.to_string(), outcome),
        DeliveryResult::Retry { attempts, due_at } => retry(tx, id, attempts, due_at),
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

/// Ends a message. Whom it was for and what it told is forgotten.
fn end(tx: &mut Tx<'_>, id: &str, outcome: FinalState) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::update(outbox::table.find(id))
        .set((
            outbox::state.eq(outcome.as_str()),
            outbox::recipient.eq(""),
            outbox::detail.eq(""),
        ))
        .returning(outbox::attempts))
        .execute_counting(c))?;
    Ok(())
}

/// Removes up to `limit` messages that ended a day ago, or that nobody who knows their kind took for a day after they could have been
/// worth sending; how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let then = now.minus(KEPT);
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
