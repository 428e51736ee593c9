//! The usernames and the uses of invitations that pending signups reserve.

use std::collections::HashSet;

use diesel::{
    AggregateExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::count,
    sql_types::{Array, BigInt, Text},
};

use crate::{
    domain::{
        account::{ids::InvitationId, username::UsernameKey},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::pending_sign_ups,
        tx::{Tx, TxConnection, with_conn},
    },
};

/// The class of advisory locks on usernames in PostgreSQL.
const USERNAMES: i64 = 0x6e61_6d65;

/// Locks a username until the transaction ends, so that one transaction at a time assigns it.
/// SQLite has one writer at a time anyway.
pub fn lock_username(tx: &mut Tx<'_>, name: &UsernameKey) -> Result<(), StoreError> {
    match &mut tx.connection {
        TxConnection::Sqlite(_) => {}
        TxConnection::Postgres(connection) => {
            diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))")
                .bind::<Text, _>(name.as_str())
                .bind::<BigInt, _>(USERNAMES)
                .execute(*connection)?;
        }
    }
    Ok(())
}

/// Locks two usernames, always in the same order, so that transactions do not deadlock.
pub fn lock_usernames(tx: &mut Tx<'_>, mut names: [&UsernameKey; 2]) -> Result<(), StoreError> {
    names.sort_unstable_by_key(|name| name.as_str());
    names
        .into_iter()
        .try_for_each(|name| lock_username(tx, name))
}

/// Locks many usernames, always in the same order, so that transactions do not deadlock.
pub fn lock_all_usernames(tx: &mut Tx<'_>, names: &[&UsernameKey]) -> Result<(), StoreError> {
    match &mut tx.connection {
        TxConnection::Sqlite(_) => {}
        TxConnection::Postgres(connection) => {
            let mut names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
            names.sort_unstable();
            diesel::sql_query(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, $2)) \
                 FROM unnest($1) WITH ORDINALITY AS list (name, place)",
            )
            .bind::<Array<Text>, _>(names)
            .bind::<BigInt, _>(USERNAMES)
            .execute(*connection)?;
        }
    }
    Ok(())
}

/// Returns which of these usernames pending signups have.
pub fn reserved_usernames(
    tx: &mut Tx<'_>,
    names: &[&UsernameKey],
    now: Timestamp,
) -> Result<HashSet<String>, StoreError> {
    let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
    let found = with_conn!(tx, c => pending_sign_ups::table
        .filter(pending_sign_ups::username_key.eq_any(&names))
        .filter(pending_sign_ups::expires_at.gt(now.as_micros()))
        .select(pending_sign_ups::username_key)
        .load::<String>(c))?;
    Ok(found.into_iter().collect())
}

/// Returns the number of pending signups with other usernames that reserve a use of an invitation.
/// The repeats of a signup have one username and reserve one use together.
pub fn reserved_uses(
    tx: &mut Tx<'_>,
    invitation: InvitationId,
    name: &UsernameKey,
    now: Timestamp,
) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => pending_sign_ups::table
        .filter(pending_sign_ups::invitation_id.eq(invitation.to_string()))
        .filter(pending_sign_ups::expires_at.gt(now.as_micros()))
        .filter(pending_sign_ups::username_key.ne(name.as_str()))
        .select(count(pending_sign_ups::username_key).aggregate_distinct())
        .get_result(c))?)
}
