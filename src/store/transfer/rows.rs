//! The rows of every table as raw column values.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Table};

use super::digest::RowDigest;
use crate::store::{
    error::StoreError,
    schema::{
        captcha_uses, challenges, counters, devices, failures, idempotency_keys, invitations,
        mail_requests, outbox, pending_sign_ups, secrets, service_keys, sessions, signing_keys,
        token_keys, users,
    },
    tx::{Tx, with_conn},
};

/// A row of one table, read and written as a whole.
pub(crate) trait TableRow: Sized {
    /// The name of the table.
    const TABLE: &'static str;

    /// Returns the number of rows.
    fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError>;

    /// Returns up to `limit` rows in the order of their keys, after `last` or from the first.
    fn page(tx: &mut Tx<'_>, last: Option<&Self>, limit: i64) -> Result<Vec<Self>, StoreError>;

    /// Inserts rows.
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> Result<(), StoreError>;

    /// Returns the digest of every column in the order of the schema.
    fn digest(&self) -> RowDigest;
}

macro_rules! rows {
    ($($row:ident of $table:ident by $key:ident { $($column:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Queryable, Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        pub(crate) struct $row {
            $($column: $type),*
        }

        // Fails to compile if the columns differ from the schema's, or are in another order.
        const _: <$table::table as Table>::AllColumns = ($($table::$column,)*);

        impl TableRow for $row {
            const TABLE: &'static str = stringify!($table);

            fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
                Ok(with_conn!(tx, c => $table::table.count().get_result(c))?)
            }

            fn page(tx: &mut Tx<'_>, last: Option<&Self>, limit: i64) -> Result<Vec<Self>, StoreError> {
                let page = $table::table.order($table::$key).limit(limit);
                let rows = match last {
                    Some(last) => {
                        let rest = page.filter($table::$key.gt(&last.$key));
                        with_conn!(tx, c => rest.load(c))?
                    }
                    None => with_conn!(tx, c => page.load(c))?,
                };
                Ok(rows)
            }

            fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> Result<(), StoreError> {
                with_conn!(tx, c => diesel::insert_into($table::table).values(rows).execute(c))?;
                Ok(())
            }

            fn digest(&self) -> RowDigest {
                let mut digest = RowDigest::default();
                $(digest.column(&self.$column);)*
                digest
            }
        }
    )*};
}

rows! {
    RawUser of users by id {
        id: String,
        username: String,
        username_key: String,
        email: String,
        email_key: String,
        email_verified: bool,
        password_hash: String,
        password_version: i64,
        disabled: bool,
        created_at: i64,
        failed_log_ins: i64,
        display_name: Option<String>,
        profile: String,
        roles: String,
        metadata: String,
        last_login_at: i64,
    }
    RawSession of sessions by id {
        id: String,
        user_id: String,
        token_hash: Vec<u8>,
        created_at: i64,
        last_seen_at: i64,
        expires_at: i64,
        ends_at: i64,
        remembered: bool,
        ip: String,
        user_agent: String,
        device_hash: Vec<u8>,
        auth_time: i64,
        amr: String,
    }
    RawIdempotencyKey of idempotency_keys by key_hash {
        key_hash: Vec<u8>,
        user_id: String,
        body_hash: Vec<u8>,
        expires_at: i64,
    }
    RawSecret of secrets by name {
        name: String,
        value: Vec<u8>,
        created_at: i64,
    }
    RawCounter of counters by subject {
        subject: Vec<u8>,
        count: i64,
        ends_at: i64,
        last_at: i64,
        in_flight: i64,
        settles_at: i64,
    }
    RawFailure of failures by subject {
        subject: Vec<u8>,
        count: i64,
        in_a_row: i64,
        waits_until: i64,
        forgotten_at: i64,
        in_flight: i64,
        settles_at: i64,
    }
    RawDevice of devices by token_hash {
        token_hash: Vec<u8>,
        user_id: String,
        created_at: i64,
        expires_at: i64,
    }
    RawCaptchaUse of captcha_uses by digest {
        digest: Vec<u8>,
        expires_at: i64,
    }
    RawChallenge of challenges by id {
        id: String,
        user_id: String,
        purpose: String,
        email: String,
        email_key: String,
        tries_left: i64,
        code_expires_at: i64,
        expires_at: i64,
    }
    RawPendingSignUp of pending_sign_ups by id {
        id: String,
        username: String,
        username_key: String,
        email: String,
        email_key: String,
        password_hash: String,
        tries_left: i64,
        code_expires_at: i64,
        expires_at: i64,
        display_name: Option<String>,
        profile: String,
        invitation_id: String,
    }
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
    RawServiceKey of service_keys by name {
        name: String,
        key_hash: Vec<u8>,
        created_at: i64,
    }
    RawSigningKey of signing_keys by id {
        id: String,
        public_key: String,
        sealed_key: Vec<u8>,
        created_at: i64,
        signs_from: i64,
    }
    RawInvitation of invitations by id {
        id: String,
        token_hash: Vec<u8>,
        email: String,
        email_key: String,
        roles: String,
        uses: i64,
        uses_left: i64,
        created_at: i64,
        expires_at: i64,
        revoked_at: i64,
    }
    RawTokenKey of token_keys by id {
        id: String,
        x: String,
        y: String,
        sealed_key: Vec<u8>,
        created_at: i64,
        signs_from: i64,
    }
}
