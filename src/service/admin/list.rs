//! Lists accounts for an administrator.

use super::overview::AccountOverview;
use crate::{
    domain::account::{
        external_id::ExternalId, identifier::IdentifierPrefix, ids::UserId, roles::Role,
    },
    service::{AccountName, Error, Page, Service},
    store::tables::users::{self, AccountFilter, ListOrder, ListPosition},
};

/// A page of accounts for a client.
pub struct AccountList {
    /// The accounts.
    pub accounts: Vec<AccountOverview>,
    /// The cursor of the next page, or `None` on the last one.
    pub next_cursor: Option<String>,
}

/// A page of accounts, and the place after it.
pub struct AccountListPart {
    /// The accounts.
    pub accounts: Vec<AccountOverview>,
    /// The place, or `None` if the list ends.
    pub next: Option<ListPosition>,
}

impl Service {
    /// Returns a page of the accounts that match.
    pub async fn list_users(
        &self,
        filter: AccountFilter,
        page: Page,
    ) -> Result<AccountList, Error> {
        let (name, now) = (list_name(&filter), self.clock.now());
        let position = match &page.cursor {
            Some(cursor) => {
                let opened = self.open_cursor(&name, cursor, now)?;
                parse(&opened).ok_or(Error::CursorInvalid)?
            }
            None => filter.start(),
        };
        let part = self.list_accounts(filter, position, page.limit).await?;
        let next_cursor = part
            .next
            .map(|position| self.cursor(&name, &written(&position), now));
        Ok(AccountList {
            accounts: part.accounts,
            next_cursor: next_cursor.transpose()?,
        })
    }

    /// Returns the place after an account that matches.
    pub async fn position_after(
        &self,
        filter: &AccountFilter,
        last: UserId,
    ) -> Result<ListPosition, Error> {
        Ok(match filter.prefix {
            Some(_) => filter.position_of(&self.find_account(&AccountName::Id(last)).await?),
            None => ListPosition {
                order: ListOrder::Id,
                after: last.to_string(),
            },
        })
    }

    /// Returns up to `limit` accounts that match after a place.
    pub async fn list_accounts(
        &self,
        filter: AccountFilter,
        position: ListPosition,
        limit: i64,
    ) -> Result<AccountListPart, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let listed = self.database.read(move |tx| {
            let page = users::list(tx, &filter, position.clone(), limit)?;
            Ok(AccountListPart {
                accounts: service.overviews(tx, page.accounts, now)?,
                next: page.next,
            })
        });
        listed.await
    }
}

/// Returns the name of a list, to which its cursors are bound.
fn list_name(filter: &AccountFilter) -> String {
    let prefix = filter.prefix.as_ref();
    let texts = [
        prefix.map(IdentifierPrefix::of_username),
        prefix.map(IdentifierPrefix::of_email),
        filter.role.as_ref().map(Role::as_str),
        filter.external_id.as_ref().map(ExternalId::as_str),
    ];
    format!("accounts {texts:?} {:?}", filter.disabled)
}

const fn letter(order: ListOrder) -> u8 {
    match order {
        ListOrder::Id => b'i',
        ListOrder::Username => b'u',
        ListOrder::Email => b'e',
    }
}

/// Returns a place as a cursor carries it.
fn written(position: &ListPosition) -> Vec<u8> {
    [&[letter(position.order)], position.after.as_bytes()].concat()
}

/// Returns the place that a cursor carries.
fn parse(written: &[u8]) -> Option<ListPosition> {
    let (first, after) = written.split_first()?;
    let orders = [ListOrder::Id, ListOrder::Username, ListOrder::Email];
    Some(ListPosition {
        order: orders.into_iter().find(|order| letter(*order) == *first)?,
        after: String::from_utf8(after.to_vec()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_in_a_cursor_round_trips() {
        for order in [ListOrder::Id, ListOrder::Username, ListOrder::Email] {
            for after in ["", "민지", "minji@example.com"] {
                let after = String::from(after);
                let position = ListPosition { order, after };
                assert_eq!(parse(&written(&position)), Some(position));
            }
        }
        assert_eq!(parse(b""), None);
        assert_eq!(parse(b"x"), None);
        assert_eq!(parse(b"i\xff"), None);
    }
}
