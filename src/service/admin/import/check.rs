//! Checks accounts before they are imported: their unique values, and the strength of passwords.

use std::sync::Arc;

use super::{
    ImportOutcome, ImportRefusal, ImportedAccount, existing::ExistingAccounts, plain::PlainPassword,
};
use crate::service::{Error, Service};

impl Service {
    /// Compares a batch with the database, and rates the plain passwords of its new accounts.
    /// Returns the outcome of each account. None is created.
    pub async fn check_import(
        &self,
        batch: &Arc<[ImportedAccount]>,
    ) -> Result<Vec<ImportOutcome>, Error> {
        let mut outcomes = self.compare_import(batch).await?;
        for (place, reason) in self.rate_passwords(plain_of_new(batch, &outcomes)).await? {
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = ImportOutcome::Refused(ImportRefusal::Weak(reason));
            }
        }
        Ok(outcomes)
    }

    /// Compares a batch with the database.
    pub(super) async fn compare_import(
        &self,
        batch: &Arc<[ImportedAccount]>,
    ) -> Result<Vec<ImportOutcome>, Error> {
        let (accounts, policy, now) = (Arc::clone(batch), self.policy.clone(), self.clock.now());
        let compared = self.database.read(move |tx| -> Result<Vec<_>, Error> {
            let existing = ExistingAccounts::read(tx, &accounts, &policy, now)?;
            let outcomes = accounts.iter().map(|account| existing.compare(account));
            Ok(outcomes.collect())
        });
        compared.await
    }
}

/// Returns the plain passwords of the accounts that are new.
pub(super) fn plain_of_new(
    batch: &[ImportedAccount],
    outcomes: &[ImportOutcome],
) -> Vec<PlainPassword> {
    let places = batch.iter().zip(outcomes).enumerate();
    let new = places.filter(|(_, (_, outcome))| **outcome == ImportOutcome::New);
    new.filter_map(|(place, (account, _))| PlainPassword::of(place, account))
        .collect()
}
