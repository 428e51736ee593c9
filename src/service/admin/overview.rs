//! Shows accounts to an operator: their state, last login, sessions and lockout.

use crate::{
    domain::{account::user::User, timestamp::Timestamp},
    service::{AccountName, Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            second_factors::{self, FactorCounts},
            sessions,
            users::{self, AccountState},
        },
    },
    throttle::Lockout,
};

/// An account as an operator sees it.
pub struct AccountOverview {
    /// The account.
    pub user: User,
    /// Set while an operator has disabled the account.
    pub disabled: bool,
    /// The lockout after failed logins.
    pub lockout: Lockout,
    /// The time of the last login, or `None` before the first.
    pub last_login_at: Option<Timestamp>,
    /// The time of the last change of the account or its password.
    pub updated_at: Timestamp,
    /// The number of active sessions.
    pub sessions: i64,
    /// The second factors.
    pub factors: FactorCounts,
}

impl Service {
    /// Returns the account with this name.
    pub async fn show_account(&self, name: &AccountName) -> Result<AccountOverview, Error> {
        let id = self.account(name).await?.user.id;
        let (service, now) = (self.clone(), self.clock.now());
        let shown = self.database.read(move |tx| {
            let found = users::state_by_id(tx, id)?;
            service.overviews(tx, found.into_iter().collect(), now)
        });
        shown.await?.pop().ok_or(Error::UserNotFound)
    }

    /// Returns the accounts with their sessions, second factors and lockouts.
    pub(super) fn overviews(
        &self,
        tx: &mut Tx<'_>,
        accounts: Vec<AccountState>,
        now: Timestamp,
    ) -> Result<Vec<AccountOverview>, StoreError> {
        let ids: Vec<_> = accounts
            .iter()
            .map(|account| account.user.id.to_string())
            .collect();
        let sessions = sessions::count_by_users(tx, &ids, now)?;
        let factors = second_factors::count_by_users(tx, &ids)?;
        let lockouts = self.throttle.lockouts(tx, &accounts, now)?;
        let overviews = accounts.into_iter().zip(ids).zip(lockouts);
        let overviews = overviews.map(|((account, id), lockout)| AccountOverview {
            user: account.user,
            disabled: account.disabled,
            lockout,
            last_login_at: account.last_login_at,
            updated_at: account.updated_at,
            sessions: sessions.get(&id).copied().unwrap_or(0),
            factors: factors.get(&id).copied().unwrap_or_default(),
        });
        Ok(overviews.collect())
    }
}
