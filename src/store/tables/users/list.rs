//! Lists accounts, page by page. Each page reads a bounded number of rows, however many accounts
//! match.

use diesel::{
    BoolExpressionMethods, EscapeExpressionMethods, ExpressionMethods, IntoSql, QueryDsl,
    RunQueryDsl, SelectableHelper, TextExpressionMethods,
    dsl::sql,
    sql_types::{Bool, Text},
};

use super::{
    filter::{AccountFilter, AccountPage, KeyRange, ListOrder, ListPosition},
    overview::{AccountState, StateRow},
};
use crate::{
    domain::account::{external_id::ExternalId, roles::Role},
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// The most rows that a page reads in one order to find the accounts that match.
const WINDOW: i64 = 1_000;

/// The character that makes the next one literal in a pattern.
const ESCAPE: char = '\\';

/// Returns the end of the keys with a prefix: no key contains the last code point of Unicode.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Restricts a boxed query to a range of keys. It has one lower and one upper bound: SQLite would
/// search the index by the first of two, and only filter by the other.
macro_rules! in_range {
    ($query:expr, $range:expr) => {{
        let (query, range) = ($query, $range);
        let (after, prefix) = (range.after.clone(), range.prefix.clone());
        let (end, last) = (end_of(&prefix), range.last.clone());
        macro_rules! between {
            ($column:expr) => {{
                let query = query.order($column.asc());
                let query = if after.as_bytes() < prefix.as_bytes() {
                    query.filter($column.ge(prefix.clone()))
                } else {
                    query.filter($column.gt(after))
                };
                match last {
                    Some(last) => query.filter($column.le(last)),
                    None if prefix.is_empty() => query,
                    None => query.filter($column.lt(end)),
                }
            }};
        }
        match range.order {
            ListOrder::Id => between!(users::id),
            ListOrder::Username => between!(users::username_key),
            ListOrder::Email => between!(users::email_key),
        }
    }};
}

/// Adds the conditions that an index of ids has. They are written as the indexes state them.
macro_rules! indexed {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter) = ($query, $filter);
        if filter.disabled == Some(true) {
            query = query.filter(users::disabled);
        }
        if filter.role.is_some() {
            query = query.filter(sql::<Bool>("roles <> ''"));
        }
        query
    }};
}

/// Adds the conditions of a filter.
macro_rules! matching {
    ($query:expr, $filter:expr, $order:expr) => {{
        let (mut query, filter) = (indexed!($query, $filter), $filter);
        if filter.disabled == Some(false) {
            query = query.filter(users::disabled.eq(false));
        }
        if let Some(role) = &filter.role {
            let listed = ",".into_sql::<Text>().concat(users::roles).concat(",");
            query = query.filter(listed.like(pattern(role)).escape(ESCAPE));
        }
        if let (ListOrder::Email, Some(prefix)) = ($order, &filter.prefix) {
            let username = prefix.of_username().to_owned();
            let end = end_of(&username);
            let is_listed = users::username_key.lt(username);
            query = query.filter(is_listed.or(users::username_key.ge(end)));
        }
        query
    }};
}

/// Returns the pattern of the roles that contain a role, with commas around each.
fn pattern(role: &Role) -> String {
    let name = role.as_str().replace('_', &format!("{ESCAPE}_"));
    format!("%,{name},%")
}

/// Returns up to `limit` accounts after a place. Accounts that are created meanwhile shift none.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &AccountFilter,
    position: ListPosition,
    limit: i64,
) -> Result<AccountPage, StoreError> {
    if let Some(external_id) = &filter.external_id {
        return by_external_id(tx, filter, external_id);
    }
    let mut accounts = Vec::new();
    let mut next = Some(position);
    while let Some(position) = next.take() {
        let left = limit.saturating_sub_unsigned(u64::try_from(accounts.len()).unwrap_or(u64::MAX));
        if left <= 0 {
            next = Some(position);
            break;
        }
        let order = position.order;
        let (found, last) = read(tx, filter, filter.range(position), left)?;
        accounts.extend(found);
        if let Some(after) = last {
            next = Some(ListPosition { order, after });
            break;
        }
        next = order.next().map(|order| ListPosition {
            order,
            after: String::new(),
        });
    }
    Ok(AccountPage { accounts, next })
}

/// Returns the accounts that match in a range, and the last key that was read unless the range
/// ends.
fn read(
    tx: &mut Tx<'_>,
    filter: &AccountFilter,
    mut range: KeyRange,
    limit: i64,
) -> Result<(Vec<AccountState>, Option<String>), StoreError> {
    let order = range.order;
    if !filter.matches_all(order) {
        range.last = end_of_window(tx, filter, &range)?;
    }
    // One more shows whether another account follows.
    let rows: Vec<StateRow> = with_conn!(tx, c => {
        let query = users::table.select(StateRow::as_select()).into_boxed();
        matching!(in_range!(query, &range), filter, order)
            .limit(limit.saturating_add(1))
            .load(c)
    })?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > most;
    let found = rows.into_iter().take(most).map(AccountState::try_from);
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let last = if has_more {
        found.last().map(|last| order.key(&last.user))
    } else {
        range.last
    };
    Ok((found, last))
}

/// Returns the last key of the rows that one page reads, or `None` if the range ends before.
fn end_of_window(
    tx: &mut Tx<'_>,
    filter: &AccountFilter,
    range: &KeyRange,
) -> Result<Option<String>, StoreError> {
    let keys: Vec<String> = with_conn!(tx, c => {
        let query = users::table.into_boxed();
        let query = in_range!(query, range).offset(WINDOW - 1).limit(1);
        match range.order {
            ListOrder::Id => indexed!(query, filter).select(users::id).load(c),
            ListOrder::Username => query.select(users::username_key).load(c),
            ListOrder::Email => query.select(users::email_key).load(c),
        }
    })?;
    Ok(keys.into_iter().next())
}

/// Returns the only account that can have an external id, if the other conditions match too.
fn by_external_id(
    tx: &mut Tx<'_>,
    filter: &AccountFilter,
    external_id: &ExternalId,
) -> Result<AccountPage, StoreError> {
    let rows: Vec<StateRow> = with_conn!(tx, c => {
        let query = users::table
            .filter(users::external_id.eq(external_id.as_str()))
            .select(StateRow::as_select())
            .into_boxed();
        matching!(query, filter, ListOrder::Id).load(c)
    })?;
    let accounts = rows.into_iter().map(AccountState::try_from);
    let accounts = accounts.collect::<Result<Vec<_>, _>>()?;
    let is_named = |account: &AccountState| {
        let names = filter.prefix.as_ref();
        names.is_none_or(|prefix| prefix.matches(&account.user.username, &account.user.email))
    };
    Ok(AccountPage {
        accounts: accounts.into_iter().filter(is_named).collect(),
        next: None,
    })
}
