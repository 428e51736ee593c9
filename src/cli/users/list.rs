//! `daemun user list`: prints accounts, page by page.

use std::io::Write;

use clap::Args;

use super::{input, report};
use crate::{
    cli::runtime::CommandResult,
    domain::account::{identifier::IdentifierPrefix, ids::UserId},
    service::{AccountFilter, Service},
};

/// The number of accounts that one query reads.
const PAGE: i64 = 500;

/// The arguments of `daemun user list`.
#[derive(Args)]
pub(super) struct ListArgs {
    /// Beginning of the username or of the email address. Accounts are then in alphabetical order,
    /// first those with such a username
    #[arg(long, value_name = "PREFIX", value_parser = input::prefix)]
    search: Option<IdentifierPrefix>,
    /// Maximum number of accounts [default: all]
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u32>,
    /// ID of the last account of the page before
    #[arg(long, value_name = "ID", value_parser = input::user_id)]
    after: Option<UserId>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl ListArgs {
    /// Prints the accounts.
    pub(super) async fn run(self, service: &Service, out: &mut impl Write) -> CommandResult {
        if !self.json {
            writeln!(out, "{}", report::COLUMNS.join("\t"))?;
        }
        let filter = AccountFilter {
            prefix: self.search,
            ..AccountFilter::default()
        };
        let start = match self.after {
            Some(last) => {
                let position = service.position_after(&filter, last).await;
                position.map_err(input::explain)?
            }
            None => filter.start(),
        };
        let mut left = self.limit.map_or(i64::MAX, i64::from);
        let mut next = Some(start);
        while let Some(position) = next.take().filter(|_| left > 0) {
            let page = service.list_accounts(filter.clone(), position, left.min(PAGE));
            let page = page.await.map_err(input::explain)?;
            for account in &page.accounts {
                if self.json {
                    report::write_json(account, out)?;
                } else {
                    report::write_row(account, out)?;
                }
                left -= 1;
            }
            next = page.next;
        }
        Ok(())
    }
}
