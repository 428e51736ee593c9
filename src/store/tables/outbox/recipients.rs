//! The messages of recipients.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::{OutboxMessage, Row, WAITING};
use crate::store::{
    error::StoreError,
    schema::outbox,
    tx::{Tx, with_conn},
};

/// Returns the messages that wait to be sent to these addresses, as written, the oldest first.
/// Those that have ended name no recipient.
pub fn list_by_recipients(
    tx: &mut Tx<'_>,
    recipients: &[String],
) -> Result<Vec<OutboxMessage>, StoreError> {
    with_conn!(tx, c => outbox::table
        .filter(outbox::state.eq(WAITING))
        .filter(outbox::recipient.eq_any(recipients))
        .order(outbox::id)
        .select(Row::as_select())
        .load::<Row>(c))?
    .into_iter()
    .map(OutboxMessage::try_from)
    .collect()
}
