//! The messages of a recipient.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::{OutboxMessage, Row, WAITING};
use crate::{
    domain::account::email::Email,
    store::{
        error::StoreError,
        schema::outbox,
        tx::{Tx, with_conn},
    },
};

/// Returns the messages that wait to be sent to an address as it is written, the oldest first.
/// Those that have ended name no recipient.
pub fn list_by_recipient(
    tx: &mut Tx<'_>,
    recipient: &Email,
) -> Result<Vec<OutboxMessage>, StoreError> {
    with_conn!(tx, c => outbox::table
        .filter(outbox::state.eq(WAITING))
        .filter(outbox::recipient.eq(recipient.as_str()))
        .order(outbox::id)
        .select(Row::as_select())
        .load::<Row>(c))?
    .into_iter()
    .map(OutboxMessage::try_from)
    .collect()
}
