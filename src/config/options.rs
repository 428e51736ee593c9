//! The settings as flags and environment variables, in the one definition that `--help` is printed from.

use clap::Args;

use super::{limit_options::LimitOptions, setting::Setting};

/// Every setting as text. What is not set has the default that is shown. Without `Debug`: a URL may hold a password.
#[derive(Args, Clone)]
pub struct Options {
    /// Address and port to listen on
    #[arg(
        long,
        env = "DAEMUN_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub(super) listen: Setting,

    /// How long an idle connection is kept, 5s to 1h; set it longer than the proxy or load balancer in front keeps its own
    #[arg(
        long,
        env = "DAEMUN_KEEP_ALIVE",
        value_name = "DURATION",
        default_value = "75s"
    )]
    pub(super) keep_alive: Setting,

    /// Where accounts are kept: `sqlite://PATH` (relative unless PATH begins with /) or `postgres://USER:PASSWORD@HOST/NAME` [default: `sqlite://data/daemun.db`]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(super) database_url: Option<Setting>,

    /// A file that holds the database's URL, to keep a password out of the environment
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "PATH")]
    pub(super) database_url_file: Option<Setting>,

    /// Connections to PostgreSQL at most
    #[arg(
        long,
        env = "DAEMUN_DATABASE_POOL",
        value_name = "NUMBER",
        default_value = "16"
    )]
    pub(super) database_pool: Setting,

    /// The longest that PostgreSQL may take for a statement; half of it to wait for a lock
    #[arg(
        long,
        env = "DAEMUN_DATABASE_TIMEOUT",
        value_name = "DURATION",
        default_value = "5s"
    )]
    pub(super) database_timeout: Setting,

    /// How long a start waits for a PostgreSQL that cannot be reached yet
    #[arg(
        long,
        env = "DAEMUN_DATABASE_WAIT",
        value_name = "DURATION",
        default_value = "0s"
    )]
    pub(super) database_wait: Setting,

    /// Go through a pooler in transaction mode, such as `PgBouncer`: on or off
    #[arg(
        long,
        env = "DAEMUN_DATABASE_POOLER",
        value_name = "SWITCH",
        default_value = "off"
    )]
    pub(super) database_pooler: Setting,

    /// What browsers reach this service by, such as <https://app.example.com/auth>; links in mail begin with it, and without it mails hold codes alone
    #[arg(long, env = "DAEMUN_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<Setting>,

    /// What signs challenges and keys digests, at least 32 characters; the same for every replica [default: made at the first start and kept in the database]
    #[arg(
        long,
        env = "DAEMUN_SECRET",
        value_name = "TEXT",
        hide_env_values = true
    )]
    pub(super) secret: Option<Setting>,

    /// A file that holds the secret
    #[arg(long, env = "DAEMUN_SECRET_FILE", value_name = "PATH")]
    pub(super) secret_file: Option<Setting>,

    /// Serve Swagger UI: on or off
    #[arg(long, env = "DAEMUN_DOCS", value_name = "SWITCH", default_value = "on")]
    pub(super) docs: Setting,

    /// Browser origins other than its own that may call, with the cookie or a bearer token, separated by commas, such as
    /// <https://app.example.com> or <capacitor://localhost>
    #[arg(
        long,
        env = "DAEMUN_CORS_ORIGINS",
        value_name = "ORIGINS",
        default_value = ""
    )]
    pub(super) cors_origins: Setting,

    /// Set the session cookie with `Secure` and the `__Host-` prefix: on or off; off only on a network that you trust
    #[arg(
        long,
        env = "DAEMUN_COOKIE_SECURE",
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub(super) cookie_secure: Setting,

    /// Networks whose forwarding header tells the client's address, separated by commas, such as 172.16.0.0/12
    #[arg(
        long,
        env = "DAEMUN_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        default_value = ""
    )]
    pub(super) trusted_proxies: Setting,

    /// The one forwarding header that is read: x-forwarded-for or forwarded
    #[arg(
        long,
        env = "DAEMUN_FORWARDED_HEADER",
        value_name = "HEADER",
        default_value = "x-forwarded-for"
    )]
    pub(super) forwarded_header: Setting,

    /// bcrypt's cost, 10 to 15: each step doubles the work of a log-in and of an attacker
    #[arg(
        long,
        env = "DAEMUN_BCRYPT_COST",
        value_name = "COST",
        default_value = "12"
    )]
    pub(super) bcrypt_cost: Setting,

    /// Allow a cost of 4 to 9, for tests alone: true or false
    #[arg(
        long,
        env = "DAEMUN_UNSAFE_FAST_HASHES",
        value_name = "SWITCH",
        default_value = "false",
        hide = true
    )]
    pub(super) unsafe_fast_hashes: Setting,

    /// What computes bcrypt: lanes (several hashes side by side on a core) or reference (one at a time)
    #[arg(
        long,
        env = "DAEMUN_HASH_ENGINE",
        value_name = "ENGINE",
        default_value = "lanes"
    )]
    pub(super) hash_engine: Setting,

    /// Hashes that a thread computes side by side at most, 1 to 8; what suits the processor is measured at start
    #[arg(
        long,
        env = "DAEMUN_HASH_LANES",
        value_name = "NUMBER",
        default_value = "8"
    )]
    pub(super) hash_lanes: Setting,

    /// Threads that hash passwords [default: one a processor, one less under a quota of two or more]
    #[arg(long, env = "DAEMUN_HASH_WORKERS", value_name = "NUMBER")]
    pub(super) hash_workers: Option<Setting>,

    /// The longest a log-in may have to wait for its hash before it is told to come again
    #[arg(
        long,
        env = "DAEMUN_HASH_DEADLINE",
        value_name = "DURATION",
        default_value = "2s"
    )]
    pub(super) hash_deadline: Setting,

    /// Characters of a new password at least, 8 to 64
    #[arg(
        long,
        env = "DAEMUN_PASSWORD_MIN",
        value_name = "NUMBER",
        default_value = "8"
    )]
    pub(super) password_min: Setting,

    /// Life of a remembered session that is not used
    #[arg(
        long,
        env = "DAEMUN_SESSION_IDLE",
        value_name = "DURATION",
        default_value = "14d"
    )]
    pub(super) session_idle: Setting,

    /// Life of a remembered session at most
    #[arg(
        long,
        env = "DAEMUN_SESSION_MAX",
        value_name = "DURATION",
        default_value = "90d"
    )]
    pub(super) session_max: Setting,

    #[command(flatten)]
    pub(super) limits: LimitOptions,

    /// Ask for a proof of work at sign-up and log-in: off, adaptive (after failures) or always
    #[arg(
        long,
        env = "DAEMUN_CAPTCHA",
        value_name = "MODE",
        default_value = "adaptive"
    )]
    pub(super) captcha: Setting,

    /// Verify e-mail addresses: off, optional (a mail after sign-up) or required (the account exists from verification on)
    #[arg(
        long,
        env = "DAEMUN_EMAIL_VERIFICATION",
        value_name = "MODE",
        default_value = "optional"
    )]
    pub(super) email_verification: Setting,

    /// How mail leaves: `smtp://USER:PASSWORD@HOST`, `smtps://…`, `file://FOLDER` or `log:`, which is for development alone [default: no mail]
    #[arg(
        long,
        env = "DAEMUN_MAIL_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(super) mail_url: Option<Setting>,

    /// A file that holds the mail server's URL
    #[arg(long, env = "DAEMUN_MAIL_URL_FILE", value_name = "PATH")]
    pub(super) mail_url_file: Option<Setting>,

    /// A file that holds an OAuth 2 access token for the mail server (XOAUTH2), read for each connection; the URL names the user alone
    #[arg(long, env = "DAEMUN_MAIL_OAUTH_TOKEN_FILE", value_name = "PATH")]
    pub(super) mail_oauth_token_file: Option<Setting>,

    /// Whom mail is from, such as `Example <no-reply@example.com>`
    #[arg(long, env = "DAEMUN_MAIL_FROM", value_name = "MAILBOX")]
    pub(super) mail_from: Option<Setting>,

    /// Tell owners of verified addresses by mail of a log-in from a new device: on or off
    #[arg(
        long,
        env = "DAEMUN_DEVICE_NOTICES",
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub(super) device_notices: Setting,

    /// Whom access tokens are meant for, their `aud` [default: the public URL, or `daemun`]
    #[arg(long, env = "DAEMUN_TOKEN_AUDIENCE", value_name = "TEXT")]
    pub(super) token_audience: Option<Setting>,

    /// The age at which another key signs access tokens
    #[arg(
        long,
        env = "DAEMUN_TOKEN_KEY_AGE",
        value_name = "DURATION",
        default_value = "30d"
    )]
    pub(super) token_key_age: Setting,

    /// What is logged: a level (error, warn, info, debug) or a filter such as `info,daemun::store=debug`
    #[arg(
        long,
        env = "DAEMUN_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub(super) log: Setting,

    /// How log lines are written: text or json [default: text on a terminal, else json]
    #[arg(long, env = "DAEMUN_LOG_FORMAT", value_name = "FORMAT")]
    pub(super) log_format: Option<Setting>,
}
