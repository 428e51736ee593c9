//! The start banner: the addresses of the service, the settings that are missing, and what `daemun
//! dev` loosens.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
};

use crate::{
    config::{Config, DEVELOPMENT_DATABASE, DatabaseUrl, LogFormat, MailUrl},
    domain::modes::CaptchaMode,
    telemetry::Stream,
};

/// The addresses that the service listens on.
#[derive(Clone, Copy)]
pub(super) struct Addresses {
    pub(super) public: SocketAddr,
    pub(super) admin: Option<SocketAddr>,
}

/// Prints the banner: a few lines for a person, log lines for a machine.
pub(super) fn print(config: &Config, addresses: Addresses) -> io::Result<()> {
    let banner = Banner::new(config, addresses);
    match config.logging.format_on(Stream::Stdout.is_terminal()) {
        LogFormat::Text => banner.write(&mut io::stdout().lock()),
        LogFormat::Json => {
            banner.log(addresses.public);
            Ok(())
        }
    }
}

const NO_MAIL: &str = "not configured: set DAEMUN_MAIL_URL";

const NO_LINKS: &str = "not configured: mails contain codes only; set DAEMUN_PUBLIC_URL";

struct Banner {
    api: String,
    admin: Option<SocketAddr>,
    /// The public URL, if the operator set one.
    public_url: Option<String>,
    has_links: bool,
    /// True if other commands have another default database.
    has_own_database: bool,
    has_docs: bool,
    database: String,
    mail: Option<String>,
    loosened: Vec<&'static str>,
}

impl Banner {
    fn new(config: &Config, addresses: Addresses) -> Self {
        let (server, address) = (&config.server, addresses.public);
        let host = if address.ip().is_unspecified() {
            format!("localhost:{}", address.port())
        } else {
            address.to_string()
        };
        let local = format!("http://{host}{}", server.base_path);
        let bound = config.bound_to(address).server.public_url;
        let chosen_for_dev = bound.clone().filter(|_| server.public_url.is_none());
        Self {
            api: chosen_for_dev.unwrap_or(local),
            admin: addresses.admin,
            public_url: server.public_url.clone(),
            has_links: bound.is_some(),
            has_own_database: has_own_database(config),
            has_docs: server.docs,
            database: config.database.url.to_string(),
            mail: config.mail.mailer.as_ref().map(|mail| transport(&mail.url)),
            loosened: if config.is_development {
                loosened(config)
            } else {
                Vec::new()
            },
        }
    }

    /// Returns whether mails contain codes only.
    const fn has_no_links(&self) -> bool {
        self.mail.is_some() && !self.has_links
    }

    fn log(&self, address: SocketAddr) {
        if !self.loosened.is_empty() {
            let loosened = self.loosened.join("; ");
            tracing::warn!(
                event = "service.development",
                loosened,
                "development mode: do not use it in production"
            );
        }
        let docs = self.has_docs.then(|| format!("{}/swagger-ui/", self.api));
        let links = self.has_no_links().then_some(NO_LINKS);
        tracing::info!(
            event = "service.ready",
            version = env!("CARGO_PKG_VERSION"),
            %address,
            admin = self.admin.map(tracing::field::display),
            api = self.api,
            docs,
            database = self.database,
            mail = self.mail.as_deref().unwrap_or(NO_MAIL),
            links,
            "daemun is ready"
        );
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "daemun {} is ready\n", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "  API         {}", self.api)?;
        if self.has_docs {
            writeln!(out, "  Swagger UI  {}/swagger-ui/", self.api)?;
        }
        if let Some(address) = self.admin {
            writeln!(out, "  Metrics     http://{address}/metrics")?;
        }
        if let Some(url) = &self.public_url {
            writeln!(out, "  Public URL  {url}")?;
        }
        writeln!(out, "  Database    {}", self.database)?;
        let mail = self.mail.as_deref().unwrap_or(NO_MAIL);
        writeln!(out, "  Mail        {mail}")?;
        if self.has_no_links() {
            writeln!(out, "  Links       {NO_LINKS}")?;
        }
        if self.has_own_database {
            writeln!(
                out,
                "  Commands    daemun user and others need DATABASE_URL={}",
                self.database
            )?;
        }
        if !self.loosened.is_empty() {
            writeln!(out, "\n  DEVELOPMENT MODE: do not use it in production")?;
            for loosened in &self.loosened {
                writeln!(out, "    - {loosened}")?;
            }
        }
        writeln!(out)?;
        out.flush()
    }
}

/// Returns whether the database is the default of `daemun dev`.
fn has_own_database(config: &Config) -> bool {
    matches!(&config.database.url, DatabaseUrl::Sqlite(file) if file == Path::new(DEVELOPMENT_DATABASE))
}

fn transport(url: &MailUrl) -> String {
    match url {
        MailUrl::Smtp(server) => format!("the mail server {}", server.host),
        MailUrl::Folder(folder) => format!("the folder {}", folder.display()),
        MailUrl::Log => String::from("this log"),
    }
}

/// Returns what the development mode loosens. A setting that is given may keep the usual rule.
fn loosened(config: &Config) -> Vec<&'static str> {
    let has_log = matches!(&config.mail.mailer, Some(mail) if matches!(mail.url, MailUrl::Log));
    [
        (
            config.captcha == CaptchaMode::Off,
            "No CAPTCHA (DAEMUN_CAPTCHA)",
        ),
        (
            config.limits.is_none(),
            "No rate limits (DAEMUN_RATE_LIMITS)",
        ),
        (
            config.limits.is_some(),
            "Rate limits are up to ten times the usual ones (DAEMUN_LIMIT_…)",
        ),
        (
            config.server.allows_local_origins,
            "Pages of every origin on this machine may call the API (DAEMUN_CORS_ORIGINS)",
        ),
        (
            has_log,
            "The log contains every mail with its code and link (DAEMUN_MAIL_URL)",
        ),
    ]
    .into_iter()
    .filter_map(|(is_loosened, text)| is_loosened.then_some(text))
    .collect()
}
