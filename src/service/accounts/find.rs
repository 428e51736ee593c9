//! Finds an account by the name that an administrator gives.

use crate::{
    domain::account::user::{Credentials, User},
    service::{AccountName, Error, Service},
    store::tables::users,
};

impl Service {
    /// Returns the account with this name.
    pub async fn find_account(&self, name: &AccountName) -> Result<User, Error> {
        Ok(self.account(name).await?.user)
    }

    pub(in crate::service) async fn account(
        &self,
        name: &AccountName,
    ) -> Result<Credentials, Error> {
        let found = match name {
            AccountName::Identifier(identifier) => self.find(identifier).await?,
            AccountName::Id(id) => {
                let id = *id;
                self.database.read(move |tx| users::by_id(tx, id)).await?
            }
        };
        found.ok_or(Error::UserNotFound)
    }
}
