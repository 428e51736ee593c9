//! The conditions of a list of accounts, and the places in it.

use super::overview::AccountState;
use crate::domain::account::{
    external_id::ExternalId, identifier::IdentifierPrefix, roles::Role, user::User,
};

/// The conditions of a list of accounts.
#[derive(Clone, Default)]
pub struct AccountFilter {
    /// The beginning of the username or of the email.
    pub prefix: Option<IdentifierPrefix>,
    /// A role of the account.
    pub role: Option<Role>,
    /// `true` for the accounts that an operator has disabled, `false` for the others.
    pub disabled: Option<bool>,
    /// The id in another system.
    pub external_id: Option<ExternalId>,
}

/// The orders in which rows are read. A list by a prefix has the accounts with such a username
/// first, and then the others with such an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// By age.
    Id,
    /// By the username's key.
    Username,
    /// By the email's key.
    Email,
}

/// The place in a list after which a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPosition {
    /// The order of the row.
    pub order: ListOrder,
    /// The key of the row in that order; empty before the first row.
    pub after: String,
}

/// A page of accounts.
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<AccountState>,
    /// The place after the page, or `None` if the list ends. The page may have fewer accounts than
    /// its limit, and none, before the end.
    pub next: Option<ListPosition>,
}

/// The keys that are read in one order.
pub(super) struct KeyRange {
    pub(super) order: ListOrder,
    /// Exclusive.
    pub(super) after: String,
    /// The beginning of the keys.
    pub(super) prefix: String,
    /// Inclusive.
    pub(super) last: Option<String>,
}

impl AccountFilter {
    /// Returns the place before the first account.
    #[must_use]
    pub const fn start(&self) -> ListPosition {
        let order = match self.prefix {
            Some(_) => ListOrder::Username,
            None => ListOrder::Id,
        };
        ListPosition {
            order,
            after: String::new(),
        }
    }

    /// Returns the place of an account that matches.
    #[must_use]
    pub fn position_of(&self, user: &User) -> ListPosition {
        let order = match &self.prefix {
            None => ListOrder::Id,
            Some(prefix) if prefix.matches_username(&user.username) => ListOrder::Username,
            Some(_) => ListOrder::Email,
        };
        ListPosition {
            order,
            after: order.key(user),
        }
    }

    pub(super) fn range(&self, position: ListPosition) -> KeyRange {
        let prefix = self.prefix.as_ref();
        let prefix = match position.order {
            ListOrder::Id => None,
            ListOrder::Username => prefix.map(IdentifierPrefix::of_username),
            ListOrder::Email => prefix.map(IdentifierPrefix::of_email),
        };
        KeyRange {
            order: position.order,
            after: position.after,
            prefix: prefix.unwrap_or_default().to_owned(),
            last: None,
        }
    }

    /// Returns whether every row of an order matches.
    pub(super) fn matches_all(&self, order: ListOrder) -> bool {
        let has_conditions = self.role.is_some() || self.disabled.is_some();
        !has_conditions && order != ListOrder::Email
    }
}

impl ListOrder {
    pub(super) fn key(self, user: &User) -> String {
        match self {
            Self::Id => user.id.to_string(),
            Self::Username => user.username.key().as_str().to_owned(),
            Self::Email => user.email.key().as_str().to_owned(),
        }
    }

    pub(super) const fn next(self) -> Option<Self> {
        match self {
            Self::Username => Some(Self::Email),
            Self::Id | Self::Email => None,
        }
    }
}
