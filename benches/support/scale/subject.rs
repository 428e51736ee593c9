//! The databases under measurement: SQLite and PostgreSQL, each with few and with many accounts.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::BigInt,
};

use super::super::{account, bulk_accounts, postgres::Cluster, server::Server};

/// The two numbers of accounts.
pub const SIZES: [u32; 2] = [1_000, 1_000_000];

/// Sessions that expire before a purge.
const EXPIRED: u32 = 100_000;

/// A database of one kind and size.
pub struct Subject {
    pub kind: DatabaseKind,
    pub size: u32,
    pub url: String,
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

/// Returns the four databases. They are not created yet.
pub fn subjects(folder: &Path, cluster: &Cluster) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for kind in [DatabaseKind::Sqlite, DatabaseKind::Postgres] {
        for size in SIZES {
            let folder = folder.join(format!("{}-{size}", kind.name()));
            let url = match kind {
                DatabaseKind::Sqlite => format!("sqlite://{}", folder.join("daemun.db").display()),
                DatabaseKind::Postgres => cluster.url(&schema(size)),
            };
            subjects.push(Subject {
                kind,
                size,
                url,
                folder,
            });
        }
    }
    subjects
}

fn schema(size: u32) -> String {
    format!("accounts_{size}")
}

impl DatabaseKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Subject {
    /// Starts the service on this database. Hashes of cost 4 keep the database visible.
    pub fn serve(&self) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DATABASE_URL", &self.url)
            .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
            .env("DAEMUN_BCRYPT_COST", "4");
        Server::start(command, &self.folder)
    }

    fn sqlite(&self) -> SqliteConnection {
        let path = self.url.strip_prefix("sqlite://").unwrap();
        SqliteConnection::establish(path).unwrap()
    }

    /// Creates one account by the service, and all others as copies of it.
    pub fn fill(&self, cluster: &Cluster) {
        if self.kind == DatabaseKind::Postgres {
            drop(cluster.connect(&schema(self.size)));
        }
        account::sign_up(&self.serve(), bulk_accounts::FIRST);
        let started = Instant::now();
        let bytes = match self.kind {
            DatabaseKind::Sqlite => {
                bulk_accounts::fill(&mut self.sqlite(), &bulk_accounts::SQLITE, self.size);
                number(
                    &mut self.sqlite(),
                    "SELECT page_count * page_size AS number FROM pragma_page_count, pragma_page_size",
                )
            }
            DatabaseKind::Postgres => {
                let mut connection = cluster.connect(&schema(self.size));
                bulk_accounts::fill(&mut connection, &bulk_accounts::POSTGRES, self.size);
                number(
                    &mut connection,
                    "SELECT (pg_total_relation_size('users') + pg_total_relation_size('sessions'))::bigint AS number",
                )
            }
        };
        println!(
            "{:<10} {:>9} accounts with a session each: filled in {:.1?}, {bytes} bytes, {} each",
            self.kind.name(),
            self.size,
            started.elapsed(),
            bytes / i64::from(self.size)
        );
    }

    /// Expires sessions and prints the time from the start of the service until they are purged.
    pub fn purge(&self, cluster: &Cluster) {
        if self.size < EXPIRED {
            return;
        }
        let expire = format!(
            "UPDATE sessions SET expires_at = 1 WHERE id IN (SELECT id FROM sessions WHERE expires_at > 1 LIMIT {EXPIRED})"
        );
        match self.kind {
            DatabaseKind::Sqlite => self.sqlite().batch_execute(&expire).unwrap(),
            DatabaseKind::Postgres => {
                let mut connection = cluster.connect(&schema(self.size));
                connection.batch_execute(&expire).unwrap();
            }
        }
        let server = self.serve();
        let started = Instant::now();
        let rows = server.event("database.purged")["rows"].as_u64().unwrap();
        println!(
            "{:<10} purged {rows} rows in {:.1?}",
            self.kind.name(),
            started.elapsed()
        );
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number<C: Connection>(connection: &mut C, query: &str) -> i64
where
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Number>,
{
    let number: Number = sql_query(query).get_result(connection).unwrap();
    number.number
}

impl Subject {
    /// Returns the username of one of `of` accounts at equal distances.
    pub fn person(&self, place: u32, of: u32) -> String {
        let distance = u64::from(self.size) * u64::from(place) / u64::from(of);
        format!("person{}", distance + 1)
    }
}
