//! The settings: flags and environment variables in, checked values out, every fault at once; it must not know who uses them.

mod options;
mod values;

use std::{
    env, fmt, fs,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use secrecy::SecretString;

pub use options::{Options, unknown_variables};
use values::Faults;

/// Everything an operator can set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where accounts are kept.
    pub database: DatabaseUrl,
    /// Connections to PostgreSQL at most.
    pub database_pool: u32,
    /// Whether Swagger UI is served.
    pub docs: bool,
    /// Origins that may call with credentials.
    pub cors_origins: Vec<String>,
    /// Whether the cookie is `Secure`.
    pub cookie_secure: bool,
    /// Networks whose forwarding header counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `Forwarded` is read and not `X-Forwarded-For`.
    pub reads_forwarded: bool,
    /// bcrypt's cost.
    pub bcrypt_cost: u32,
    /// Hashes that a thread computes side by side at most; none where each is computed alone by the reference.
    pub hash_lanes: Option<NonZeroUsize>,
    /// Threads that hash; by the processor if not set.
    pub hash_workers: Option<NonZeroUsize>,
    /// The longest a log-in may have to wait for its hash.
    pub hash_deadline: Duration,
    /// Code points of a new password at least.
    pub password_min: usize,
    /// Life of a remembered session that is not used.
    pub session_idle: Duration,
    /// Life of a remembered session at most.
    pub session_max: Duration,
    /// What is logged.
    pub log: String,
    /// How it is written; by the terminal if not set.
    pub log_format: Option<LogFormat>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Where accounts are kept, as `DATABASE_URL` says.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`
    Sqlite(PathBuf),
    /// `postgres://…`, which may hold a password.
    Postgres(SecretString),
}

/// What is wrong with the settings: one line a fault.
#[derive(Debug)]
pub struct Refused(Vec<String>);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

impl Config {
    /// Checks every setting and reports all faults at once.
    pub fn parse(options: &Options) -> Result<Self, Refused> {
        let mut faults = Faults::default();
        let cost_floor = if faults.switch("DAEMUN_UNSAFE_FAST_HASHES", &options.unsafe_fast_hashes)
        {
            4
        } else {
            10
        };
        let config = Self {
            listen: faults.address("DAEMUN_LISTEN", &options.listen),
            database: database(&mut faults, options),
            database_pool: faults.number("DAEMUN_DATABASE_POOL", &options.database_pool, 1..=1000),
            docs: faults.switch("DAEMUN_DOCS", &options.docs),
            cors_origins: faults.list("DAEMUN_CORS_ORIGINS", &options.cors_origins, values::origin),
            cookie_secure: faults.switch("DAEMUN_COOKIE_SECURE", &options.cookie_secure),
            trusted_proxies: faults.list(
                "DAEMUN_TRUSTED_PROXIES",
                &options.trusted_proxies,
                values::network,
            ),
            reads_forwarded: faults.choice(
                "DAEMUN_FORWARDED_HEADER",
                &options.forwarded_header,
                &[("x-forwarded-for", false), ("forwarded", true)],
            ),
            bcrypt_cost: faults.number("DAEMUN_BCRYPT_COST", &options.bcrypt_cost, cost_floor..=15),
            hash_lanes: hash_lanes(&mut faults, options),
            hash_workers: options.hash_workers.as_deref().and_then(|text| {
                NonZeroUsize::new(faults.number("DAEMUN_HASH_WORKERS", text, 1..=1024))
            }),
            hash_deadline: faults.duration(
                "DAEMUN_HASH_DEADLINE",
                &options.hash_deadline,
                Duration::from_millis(100)..=Duration::from_mins(1),
            ),
            password_min: faults.number("DAEMUN_PASSWORD_MIN", &options.password_min, 8..=64),
            session_idle: faults.duration(
                "DAEMUN_SESSION_IDLE",
                &options.session_idle,
                SESSION_IDLE,
            ),
            session_max: faults.duration("DAEMUN_SESSION_MAX", &options.session_max, SESSION_LIFE),
            log: faults.log_filter("DAEMUN_LOG", &options.log),
            log_format: options.log_format.as_deref().map(|text| {
                faults.choice(
                    "DAEMUN_LOG_FORMAT",
                    text,
                    &[("text", LogFormat::Text), ("json", LogFormat::Json)],
                )
            }),
        };
        faults.none_or(config)
    }
}

/// A day, of which the hour between two notes that a session was used is a small part, to 400 days.
const SESSION_IDLE: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(24)..=Duration::from_hours(9600);

/// An hour, below which `last_seen_at` is not told apart, to the 400 days that browsers keep a cookie (RFC 6265bis section 5.5).
const SESSION_LIFE: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(1)..=Duration::from_hours(9600);

fn hash_lanes(faults: &mut Faults, options: &Options) -> Option<NonZeroUsize> {
    let engines = [("lanes", true), ("reference", false)];
    let has_lanes = faults.choice("DAEMUN_HASH_ENGINE", &options.hash_engine, &engines);
    let lanes = faults.number("DAEMUN_HASH_LANES", &options.hash_lanes, 1..=8);
    NonZeroUsize::new(lanes).filter(|_| has_lanes)
}

fn database(faults: &mut Faults, options: &Options) -> DatabaseUrl {
    match (&options.database_url, &options.database_url_file) {
        (Some(_), Some(_)) => {
            faults.add("DATABASE_URL and DATABASE_URL_FILE are both set; keep one of them");
            DatabaseUrl::Sqlite(PathBuf::new())
        }
        (Some(url), None) => faults.database_url("DATABASE_URL", url),
        (None, Some(path)) => match fs::read_to_string(path) {
            Ok(url) => faults.database_url("DATABASE_URL_FILE", url.trim_end()),
            Err(error) => {
                faults.add(format!(
                    "DATABASE_URL_FILE: cannot read {path}: {error}; for example /run/secrets/database_url"
                ));
                DatabaseUrl::Sqlite(PathBuf::new())
            }
        },
        (None, None) => DatabaseUrl::Sqlite(Path::new("data").join("daemun.db")),
    }
}

/// What the names of all our variables but `DATABASE_URL` begin with.
const PREFIX: &str = "DAEMUN_";

/// Names of the environment's variables that begin with our prefix.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment besides clap"
)]
fn variables() -> Vec<String> {
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(PREFIX))
        .collect()
}
