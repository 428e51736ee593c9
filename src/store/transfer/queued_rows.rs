//! The rows of queues as raw column values.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Table};

use super::{
    digest::RowDigest,
    table_row::{TableRow, rows},
};
use crate::store::{
    error::StoreError,
    schema::{mail_requests, outbox, outbox_pauses, webhook_messages},
    tx::{Tx, with_conn},
};

rows! {
    RawMessage of outbox by id {
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
    RawMailRequest of mail_requests by id {
        id: String,
        kind: String,
        mailbox: String,
        language: String,
        client: Vec<u8>,
        expires_at: i64,
    }
    RawWebhookMessage of webhook_messages by event_id {
        event_id: String,
        state: String,
        attempts: i64,
        last_status: i64,
        due_at: i64,
        expires_at: i64,
    }
    RawOutboxPause of outbox_pauses by channel {
        channel: String,
        paused_at: i64,
        ends_at: i64,
    }
}
