//! Every table and column of the database: its place in the export, or the reason why it has none.

mod account;
mod factors;
mod mailbox;

use super::values::Stored;

/// The place of a column in the export, as a JSON pointer, or the reason why it has none.
#[derive(Clone, Copy)]
pub enum Place {
    At(&'static str),
    Hidden(&'static str),
}
use Place::Hidden;

/// A column, with the value that the test stores in it.
pub type Column = (&'static str, Stored, Place);

/// A table with rows of accounts.
pub type Table = (&'static str, &'static [Column]);

const DIGEST: Place = Hidden("a digest of a secret");
const SECRET: Place = Hidden("a secret");
const KEY: Place = Hidden("derived from another column, for comparisons");
const VERSION: Place = Hidden("a counter of changes, which ends what began before them");
const ACCOUNT: Place = Hidden("the id of the user");
/// The ids of rows whose export has an id, and of the others.
const ID: &str = "03bb2cc3-d800-7000-8000-000000000001";
const HIDDEN_ID: &str = "03bb2cc3-d800-7000-8000-000000000002";

/// Returns the tables with rows of accounts, `users` first.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    let groups = [account::TABLES, factors::TABLES, mailbox::TABLES];
    groups.into_iter().flatten()
}

/// The tables without data of an account, and the reasons.
pub const OTHERS: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "the versions of the schema"),
    ("captcha_uses", "digests of challenges"),
    ("ceremony_uses", "digests of ceremonies"),
    (
        "counters",
        "counts under keyed digests, for an hour at most",
    ),
    (
        "failures",
        "counts under keyed digests; `failed_logins` is the account's own",
    ),
    ("minimum_version", "a version of the service"),
    ("outbox_pauses", "the state of the service's own channels"),
    ("pending_sign_ups", "signups that have no account yet"),
    ("secrets", "secrets of the service"),
    ("service_keys", "keys of other services"),
    ("signing_keys", "keys of the service"),
    ("token_keys", "keys of the service"),
    (
        "webhook_messages",
        "ids of events that are exported, and the times of their attempts",
    ),
];
