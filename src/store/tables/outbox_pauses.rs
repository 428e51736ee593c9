//! The table of pauses: the channels of the outbox that send nothing until they are resumed.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

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

/// Inserts a pause of a channel. Returns `false` if the channel was paused already.
pub fn insert(tx: &mut Tx<'_>, channel: &str, now: Timestamp) -> Result<bool, StoreError> {
    let inserted = with_conn!(tx, c => diesel::insert_into(outbox_pauses::table)
        .values((
            outbox_pauses::channel.eq(channel),
            outbox_pauses::paused_at.eq(now.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Returns the time since which a channel is paused.
pub fn by_channel(tx: &mut Tx<'_>, channel: &str) -> Result<Option<Timestamp>, StoreError> {
    let paused_at = with_conn!(tx, c => outbox_pauses::table
        .find(channel)
        .select(outbox_pauses::paused_at)
        .get_result(c)
        .optional())?;
    Ok(paused_at.map(Timestamp::from_micros))
}

/// Deletes the pause of a channel. Returns whether it existed.
pub fn delete(tx: &mut Tx<'_>, channel: &str) -> Result<bool, StoreError> {
    let deleted =
        with_conn!(tx, c => diesel::delete(outbox_pauses::table.find(channel)).execute(c))?;
    Ok(deleted == 1)
}
