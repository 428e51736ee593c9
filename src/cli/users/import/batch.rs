//! The accounts that are compared with the database, or written to it, at a time.

use std::{mem, sync::Arc};

use crate::service::{ImportedAccount, ImportedPassword};

/// The accounts of a batch. A batch is one transaction, and a service that runs beside the import
/// waits for it.
const ACCOUNTS: usize = 250;

/// The plain passwords of a batch: hashing them takes seconds.
const PLAIN_PASSWORDS: usize = 32;

/// Accounts with their lines.
#[derive(Default)]
pub(super) struct Batch {
    lines: Vec<u64>,
    accounts: Vec<ImportedAccount>,
    plain_passwords: usize,
}

impl Batch {
    /// Adds the account of a line. Returns whether the batch is full.
    pub(super) fn push(&mut self, line: u64, account: ImportedAccount) -> bool {
        let is_plain = matches!(account.password, Some(ImportedPassword::Plain(_)));
        self.plain_passwords += usize::from(is_plain);
        self.lines.push(line);
        self.accounts.push(account);
        self.accounts.len() >= ACCOUNTS || self.plain_passwords >= PLAIN_PASSWORDS
    }

    /// Takes the lines and the accounts.
    pub(super) fn take(&mut self) -> (Vec<u64>, Arc<[ImportedAccount]>) {
        let batch = mem::take(self);
        (batch.lines, batch.accounts.into())
    }
}
