//! The settings: flags and environment variables in, checked values out, every fault at once; it must not know who uses them.

mod duration;
mod limit_options;
mod mail;
mod options;
mod origin;
mod setting;
mod unknown;
mod values;

use std::{
    env, fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use secrecy::SecretString;

use crate::domain::{
    modes::{CaptchaMode, EmailVerification},
    rate_limit::RateLimits,
};
use limit_options::limits;
use setting::Given;
use values::Faults;

pub use duration::duration;
pub use mail::{
    Credentials, Encryption, Mail, MailSecret, MailServer, MailUrl, Sender, oauth_token,
};
pub use options::Options;
pub use unknown::unknown_variables;

/// Everything an operator can set, checked.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches are what operators set"
)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// Where accounts are kept.
    pub database: DatabaseUrl,
    /// Connections to PostgreSQL at most.
    pub database_pool: u32,
    /// The longest that PostgreSQL may take for a statement.
    pub database_timeout: Duration,
    /// How long a start waits for a PostgreSQL that cannot be reached.
    pub database_wait: Duration,
    /// Whether a pooler in transaction mode stands before PostgreSQL.
    pub database_pooler: bool,
    /// Whether Swagger UI is served.
    pub docs: bool,
    /// Browser origins that may call.
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
    /// What browsers reach the service by, without a slash at its end.
    pub public_url: Option<String>,
    /// What signs and keys; made and kept in the database if not set.
    pub secret: Option<SecretString>,
    /// What keeps guessing and flooding in bounds; none where the operator switched it off.
    pub limits: Option<RateLimits>,
    /// When a proof of work is asked for.
    pub captcha: CaptchaMode,
    /// What an unverified address may do.
    pub email_verification: EmailVerification,
    /// How mail leaves, if it does.
    pub mail: Option<Mail>,
    /// Whether owners are told of a log-in from a new device.
    pub device_notices: bool,
    /// Whom access tokens are meant for; the issuer itself if not set.
    pub token_audience: Option<String>,
    /// The age at which another key signs access tokens.
    pub token_key_age: Duration,
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

impl DatabaseUrl {
    /// The database that an argument names, or that a file of another argument holds; each with its name.
    pub fn of_argument(
        url: (&'static str, Option<&str>),
        file: (&'static str, Option<&str>),
    ) -> Result<Self, Refused> {
        let mut faults = Faults::default();
        let Some((name, text)) = faults.one_of(url, file) else {
            return faults.none_or(Self::Sqlite(PathBuf::new()));
        };
        let url = faults.database_url(name, &text);
        faults.none_or(url)
    }
}

impl Config {
    /// Checks every setting and reports all faults at once.
    pub fn parse(options: &Options) -> Result<Self, Refused> {
        let mut faults = Faults::default();
        let config = Self {
            listen: faults.address("DAEMUN_LISTEN", &options.listen),
            keep_alive: faults.duration("DAEMUN_KEEP_ALIVE", &options.keep_alive, KEEP_ALIVE),
            database: database(&mut faults, options),
            database_pool: faults.number("DAEMUN_DATABASE_POOL", &options.database_pool, 1..=1000),
            database_timeout: faults.duration(
                "DAEMUN_DATABASE_TIMEOUT",
                &options.database_timeout,
                DATABASE_TIMEOUT,
            ),
            database_wait: faults.duration(
                "DAEMUN_DATABASE_WAIT",
                &options.database_wait,
                DATABASE_WAIT,
            ),
            database_pooler: faults.switch("DAEMUN_DATABASE_POOLER", &options.database_pooler),
            docs: faults.switch("DAEMUN_DOCS", &options.docs),
            cors_origins: faults.list("DAEMUN_CORS_ORIGINS", &options.cors_origins, origin::parse),
            cookie_secure: faults.switch("DAEMUN_COOKIE_SECURE", &options.cookie_secure),
            trusted_proxies: faults.list(
                "DAEMUN_TRUSTED_PROXIES",
                &options.trusted_proxies,
                values::network,
            ),
            reads_forwarded: faults.choice(
                "DAEMUN_FORWARDED_HEADER",
                &options.forwarded_header,
                ("x-forwarded-for", false),
                &[("forwarded", true)],
            ),
            bcrypt_cost: bcrypt_cost(&mut faults, options),
            hash_lanes: hash_lanes(&mut faults, options),
            hash_workers: options.hash_workers.given().and_then(|text| {
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
            public_url: options
                .public_url
                .given()
                .and_then(|text| faults.public_url("DAEMUN_PUBLIC_URL", text)),
            secret: secret(&mut faults, options),
            limits: limits(&mut faults, &options.limits),
            captcha: faults.choice(
                "DAEMUN_CAPTCHA",
                &options.captcha,
                ("adaptive", CaptchaMode::Adaptive),
                &[("off", CaptchaMode::Off), ("always", CaptchaMode::Always)],
            ),
            email_verification: faults.choice(
                "DAEMUN_EMAIL_VERIFICATION",
                &options.email_verification,
                ("optional", EmailVerification::Optional),
                &[
                    ("off", EmailVerification::Off),
                    ("required", EmailVerification::Required),
                ],
            ),
            mail: mail::mail(&mut faults, options),
            device_notices: faults.switch("DAEMUN_DEVICE_NOTICES", &options.device_notices),
            token_audience: options
                .token_audience
                .given()
                .map(|text| faults.text("DAEMUN_TOKEN_AUDIENCE", text, "my-app")),
            token_key_age: faults.duration(
                "DAEMUN_TOKEN_KEY_AGE",
                &options.token_key_age,
                TOKEN_KEY_AGE,
            ),
            log: faults.log_filter("DAEMUN_LOG", &options.log),
            log_format: options.log_format.given().map(|text| {
                faults.choice(
                    "DAEMUN_LOG_FORMAT",
                    text,
                    ("text", LogFormat::Text),
                    &[("json", LogFormat::Json)],
                )
            }),
        };
        if config.email_verification == EmailVerification::Required {
            needs_mail(&mut faults, options);
        }
        faults.none_or(config)
    }
}

/// Shorter than 5 s, clients would mostly meet closed connections; no load balancer is known to keep its own for an hour.
const KEEP_ALIVE: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(5)..=Duration::from_hours(1);

/// Long enough for a busy disk, short enough that who asks is still there.
const DATABASE_TIMEOUT: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_mins(1);

const DATABASE_WAIT: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);

/// A day, of which the hour between two notes that a session was used is a small part, to 400 days.
const SESSION_IDLE: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(24)..=Duration::from_hours(9600);

/// An hour, below which `last_seen_at` is not told apart, to the 400 days that browsers keep a cookie (RFC 6265bis section 5.5).
const SESSION_LIFE: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(1)..=Duration::from_hours(9600);

/// An hour, in which a new key is published before it signs, to 400 days.
const TOKEN_KEY_AGE: std::ops::RangeInclusive<Duration> =
    Duration::from_hours(1)..=Duration::from_hours(9600);

fn bcrypt_cost(faults: &mut Faults, options: &Options) -> u32 {
    let is_for_tests = faults.switch("DAEMUN_UNSAFE_FAST_HASHES", &options.unsafe_fast_hashes);
    let least = if is_for_tests { 4 } else { 10 };
    faults.number("DAEMUN_BCRYPT_COST", &options.bcrypt_cost, least..=15)
}

fn needs_mail(faults: &mut Faults, options: &Options) {
    if options.mail_url.given().is_none() && options.mail_url_file.given().is_none() {
        faults.add(
            "DAEMUN_EMAIL_VERIFICATION: `required` needs a way to send mail; for example DAEMUN_MAIL_URL=smtp://mail.example.com",
        );
    }
}

fn hash_lanes(faults: &mut Faults, options: &Options) -> Option<NonZeroUsize> {
    let has_lanes = faults.choice(
        "DAEMUN_HASH_ENGINE",
        &options.hash_engine,
        ("lanes", true),
        &[("reference", false)],
    );
    let lanes = faults.number("DAEMUN_HASH_LANES", &options.hash_lanes, 1..=8);
    NonZeroUsize::new(lanes).filter(|_| has_lanes)
}

/// Shorter than this, a secret could be guessed from what it signs.
const SECRET_MIN: usize = 32;

fn secret(faults: &mut Faults, options: &Options) -> Option<SecretString> {
    let (name, text) = faults.one_of(
        ("DAEMUN_SECRET", options.secret.given()),
        ("DAEMUN_SECRET_FILE", options.secret_file.given()),
    )?;
    if text.trim().chars().nth(SECRET_MIN - 1).is_none() {
        faults.add(format!(
            "{name}: the secret has fewer than {SECRET_MIN} characters; for example what `openssl rand -base64 32` prints"
        ));
    }
    Some(text.into())
}

fn database(faults: &mut Faults, options: &Options) -> DatabaseUrl {
    let url = faults.one_of(
        ("DATABASE_URL", options.database_url.given()),
        ("DATABASE_URL_FILE", options.database_url_file.given()),
    );
    url.map_or_else(
        || DatabaseUrl::Sqlite(Path::new("data").join("daemun.db")),
        |(name, url)| faults.database_url(name, &url),
    )
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
