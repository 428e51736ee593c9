//! The section *Database*: where accounts are stored.

use std::{
    fmt,
    ops::RangeInclusive,
    path::{self, Path, PathBuf},
    time::Duration,
};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::{
    error::ConfigErrors,
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Database")]
#[expect(
    clippy::struct_field_names,
    reason = "each field is named after its flag"
)]
pub(in crate::config) struct DatabaseArgs {
    /// URL of the database: `sqlite://PATH` (relative unless PATH begins with /) or
    /// `postgres://USER:PASSWORD@HOST/NAME` [default: `sqlite://data/daemun.db`]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<Setting>,

    /// File that holds the URL, which keeps its password out of the environment
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "PATH")]
    database_url_file: Option<Setting>,

    /// Maximum number of connections to PostgreSQL
    #[arg(
        long,
        env = "DAEMUN_DATABASE_POOL",
        value_name = "NUMBER",
        default_value = "16"
    )]
    database_pool: Setting,

    /// Time limit for one PostgreSQL statement, 100ms to 1m; half of it is the limit for waiting on
    /// a lock
    #[arg(
        long,
        env = "DAEMUN_DATABASE_TIMEOUT",
        value_name = "DURATION",
        default_value = "5s"
    )]
    database_timeout: Setting,

    /// Time that a start waits for an unreachable PostgreSQL server, up to 10m
    #[arg(
        long,
        env = "DAEMUN_DATABASE_WAIT",
        value_name = "DURATION",
        default_value = "0s"
    )]
    database_wait: Setting,

    /// Connect through a pooler in transaction mode, such as `PgBouncer`: on or off
    #[arg(
        long,
        env = "DAEMUN_DATABASE_POOLER",
        value_name = "SWITCH",
        default_value = "off"
    )]
    database_pooler: Setting,
}

/// The settings of the section *Database*, checked.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// The location of the database.
    pub url: DatabaseUrl,
    /// The maximum number of connections to PostgreSQL.
    pub pool: u32,
    /// The time limit for one PostgreSQL statement.
    pub timeout: Duration,
    /// The time that a start waits for an unreachable PostgreSQL server.
    pub wait: Duration,
    /// True if connections go through a pooler in transaction mode.
    pub has_pooler: bool,
}

/// The location of a database, as `DATABASE_URL` has it.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`
    Sqlite(PathBuf),
    /// `postgres://…`, which may hold a password.
    Postgres(SecretString),
}

/// The default SQLite file.
pub(in crate::config) const FILE: &str = "data/daemun.db";

/// Long enough for a busy disk, and short enough that the client still waits for the response.
const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_mins(1);

const WAIT: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);

impl DatabaseArgs {
    /// Without a URL, the database is the SQLite file `default`.
    pub(in crate::config) fn parse(&self, reader: &mut Reader, default: &Path) -> DatabaseConfig {
        let url = reader.value_or_file(
            ("DATABASE_URL", self.database_url.given()),
            ("DATABASE_URL_FILE", self.database_url_file.given()),
        );
        DatabaseConfig {
            url: url.map_or_else(
                || DatabaseUrl::Sqlite(default.to_owned()),
                |(name, url)| parse_url(reader, name, &url),
            ),
            pool: reader.number("DAEMUN_DATABASE_POOL", &self.database_pool, 1..=1000),
            timeout: reader.duration("DAEMUN_DATABASE_TIMEOUT", &self.database_timeout, TIMEOUT),
            wait: reader.duration("DAEMUN_DATABASE_WAIT", &self.database_wait, WAIT),
            has_pooler: reader.switch("DAEMUN_DATABASE_POOLER", &self.database_pooler),
        }
    }
}

impl DatabaseUrl {
    /// Reads the URL from an argument, or from the file that another argument names. Each comes
    /// with the argument's name.
    pub fn from_argument(
        url: (&'static str, Option<&str>),
        file: (&'static str, Option<&str>),
    ) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::default();
        let Some((name, text)) = reader.value_or_file(url, file) else {
            return reader.finish(Self::Sqlite(PathBuf::new()));
        };
        let url = parse_url(&mut reader, name, &text);
        reader.finish(url)
    }
}

/// Writes the location without a password. A file has its absolute path, because a relative one
/// depends on the folder that the command was started in.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => {
                let absolute = path::absolute(file);
                let file = absolute.as_deref().unwrap_or(file);
                write!(formatter, "sqlite://{}", file.display())
            }
            Self::Postgres(url) => formatter.write_str(&location(url.expose_secret())),
        }
    }
}

/// Returns the host, port and name of a PostgreSQL database, as far as that can reveal no part of a
/// password. A password that is not percent-encoded could be read as a host, a name or a fragment.
fn location(url: &str) -> String {
    let hidden = || String::from("postgres://…");
    let Ok(parsed) = Url::parse(url) else {
        return hidden();
    };
    let has_user = !parsed.username().is_empty() || parsed.password().is_some();
    if url.matches('@').count() != usize::from(has_user) {
        return hidden();
    }
    let host = parsed.host_str().unwrap_or_default();
    let port = parsed.port().map(|port| format!(":{port}"));
    format!(
        "postgres://{host}{}{}",
        port.unwrap_or_default(),
        parsed.path()
    )
}

/// Reads the URL of a database. A fault never repeats the text, which may hold a password.
fn parse_url(reader: &mut Reader, name: &str, text: &str) -> DatabaseUrl {
    let wrong = match text.split_once("://") {
        Some(("sqlite", path)) if path.contains(['?', '#']) => {
            "has parts after the path, which are not supported"
        }
        Some(("sqlite", path)) if path.is_empty() || path.starts_with(':') => "names no file",
        Some(("sqlite", path)) => return DatabaseUrl::Sqlite(PathBuf::from(path)),
        Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => {
            return DatabaseUrl::Postgres(text.to_owned().into());
        }
        _ => "begins with neither sqlite:// nor postgres://",
    };
    reader.fault(format!(
        "{name}: the URL {wrong}; for example sqlite://data/daemun.db"
    ));
    DatabaseUrl::Sqlite(PathBuf::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_names_the_database_and_no_secret() {
        for (url, shown) in [
            (
                "postgres://ann:hunter2@db:5433/accounts?sslmode=require",
                "postgres://db:5433/accounts",
            ),
            ("postgresql://ann@db/accounts", "postgres://db/accounts"),
            (
                "postgres://db/accounts?password=hunter2",
                "postgres://db/accounts",
            ),
            (
                "postgres:///accounts?host=/run/postgresql",
                "postgres:///accounts",
            ),
            (
                "postgres://ann:hun%40ter2@[::1]/accounts",
                "postgres://[::1]/accounts",
            ),
            // libpq reads each of these with a password.
            ("postgres://ann:hun@ter2@db/accounts", "postgres://…"),
            ("postgres://ann:12?hunter2@db/accounts", "postgres://…"),
            ("postgres://ann:12#hunter2@db/accounts", "postgres://…"),
            ("postgres://db/accounts?password=hun@ter2", "postgres://…"),
            (
                "postgres://ann:hunter2@one:5432,two:5432/accounts",
                "postgres://…",
            ),
        ] {
            assert_eq!(
                DatabaseUrl::Postgres(url.into()).to_string(),
                shown,
                "{url}"
            );
        }
    }
}
