//! Shows accounts to an operator: their state, last login, sessions and lockout.

use crate::{
    domain::{account::user::User, timestamp::Timestamp},
    service::{Error, Service},
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

pub use crate::store::tables::users::AccountQuery;

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
    /// The number of active sessions.
    pub sessions: i64,
    /// The second factors.
    pub factors: FactorCounts,
}

impl Service {
    /// Returns the account with this username or email.
    pub async fn show_account(&self, name: &str) -> Result<AccountOverview, Error> {
        let id = self.account(name).await?.user.id;
        let (service, now) = (self.clone(), self.clock.now());
        let shown = self.database.read(move |tx| {
            let found = users::state_by_id(tx, id)?;
            service.overviews(tx, found.into_iter().collect(), now)
        });
        shown.await?.pop().ok_or(Error::UserNotFound)
    }

    /// Returns a page of accounts by age.
    pub async fn list_accounts(&self, query: AccountQuery) -> Result<Vec<AccountOverview>, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let listed = self.database.read(move |tx| {
            let found = users::list(tx, &query)?;
            service.overviews(tx, found, now)
        });
        Ok(listed.await?)
    }

    fn overviews(
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
            sessions: sessions.get(&id).copied().unwrap_or(0),
            factors: factors.get(&id).copied().unwrap_or_default(),
        });
        Ok(overviews.collect())
    }
}
