//! The table of pauses: the channels of the outbox that send nothing until a time, or until they
//! are resumed.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, upsert::excluded,
};

use crate::{
    domain::timestamp::Timestamp,
    store::{
        error::StoreError,
        schema::outbox_pauses,
        tx::{Tx, with_conn},
    },
};

/// The channel of webhooks.
pub const WEBHOOK: &str = "webhook";

/// A pause of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelPause {
    /// The time of its begin.
    pub since: Timestamp,
    /// The time at which it ends by itself, or `None` if it lasts until it is ended.
    pub until: Option<Timestamp>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox_pauses)]
struct Row {
    channel: String,
    paused_at: i64,
    /// 0 without an end.
    ends_at: i64,
}

impl ChannelPause {
    /// Returns whether this pause lasts at least as long as the other one.
    fn covers(self, other: Self) -> bool {
        match (self.until, other.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(until), Some(later)) => until >= later,
        }
    }
}

impl Row {
    fn pause(&self) -> ChannelPause {
        ChannelPause {
            since: Timestamp::from_micros(self.paused_at),
            until: (self.ends_at != 0).then(|| Timestamp::from_micros(self.ends_at)),
        }
    }
}

/// Inserts a pause of a channel, or prolongs the one in force. Returns `true` if the channel was
/// not paused, or only until a time and now without one.
pub fn insert(tx: &mut Tx<'_>, channel: &str, pause: ChannelPause) -> Result<bool, StoreError> {
    let before = by_channel(tx, channel, pause.since)?;
    if before.is_some_and(|before| before.covers(pause)) {
        return Ok(false);
    }
    let row = Row {
        channel: channel.to_owned(),
        paused_at: before.map_or(pause.since, |one| one.since).as_micros(),
        ends_at: pause.until.map_or(0, Timestamp::as_micros),
    };
    with_conn!(tx, c => diesel::insert_into(outbox_pauses::table)
        .values(&row)
        .on_conflict(outbox_pauses::channel)
        .do_update()
        .set((
            outbox_pauses::paused_at.eq(excluded(outbox_pauses::paused_at)),
            outbox_pauses::ends_at.eq(excluded(outbox_pauses::ends_at)),
        ))
        .execute(c))?;
    Ok(before.is_none_or(|before| before.until.is_some() && pause.until.is_none()))
}

/// Returns the pause of a channel that is in force now.
pub fn by_channel(
    tx: &mut Tx<'_>,
    channel: &str,
    now: Timestamp,
) -> Result<Option<ChannelPause>, StoreError> {
    let row: Option<Row> = with_conn!(tx, c => outbox_pauses::table
        .find(channel)
        .select(Row::as_select())
        .get_result(c)
        .optional())?;
    let pause = row.map(|row| row.pause());
    Ok(pause.filter(|pause| pause.until.is_none_or(|until| until > now)))
}

/// Deletes the pause of a channel. Returns it, if it was in force.
pub fn delete(
    tx: &mut Tx<'_>,
    channel: &str,
    now: Timestamp,
) -> Result<Option<ChannelPause>, StoreError> {
    let pause = by_channel(tx, channel, now)?;
    with_conn!(tx, c => diesel::delete(outbox_pauses::table.find(channel)).execute(c))?;
    Ok(pause)
}
