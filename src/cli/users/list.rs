//! `daemun user list`: prints accounts, page by page.

use std::io::Write;

use clap::Args;

use super::{input, report};
use crate::{
    cli::runtime::CommandResult,
    domain::account::{identifier::IdentifierPrefix, ids::UserId},
    service::{AccountQuery, Service},
};

/// The number of accounts that one query reads.
const PAGE: i64 = 500;

/// The arguments of `daemun user list`.
#[derive(Args)]
pub(super) struct ListArgs {
    /// Beginning of the username or of the email address
    #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true, value_parser = input::prefix)]
    search: IdentifierPrefix,
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
        let mut after = self.after;
        let mut left = self.limit.map_or(i64::MAX, i64::from);
        while left > 0 {
            let query = AccountQuery {
                after,
                limit: left.min(PAGE),
                prefix: self.search.clone(),
            };
            let page = service.list_accounts(query).await.map_err(input::explain)?;
            for account in &page {
                if self.json {
                    report::write_json(account, out)?;
                } else {
                    report::write_row(account, out)?;
                }
                left -= 1;
            }
            match page.last() {
                Some(last) => after = Some(last.user.id),
                None => break,
            }
        }
        Ok(())
    }
}
