//! The section *Server*: how clients, browsers and reverse proxies reach the service.

mod admin;
mod secret;

use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};

use clap::Args;
use ipnet::IpNet;

use crate::config::{
    origin,
    read::Reader,
    setting::{Given, Setting},
    url::{base_path, host_of, is_public_url, path_of},
};

use admin::AdminArgs;
pub use admin::AdminConfig;
use secret::SecretArgs;
pub use secret::SecretConfig;

#[derive(Args, Clone)]
#[command(next_help_heading = "Server")]
pub(in crate::config) struct ServerArgs {
    /// Address and port to listen on
    #[arg(
        long,
        env = "DAEMUN_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    listen: Setting,

    /// Time that an idle connection stays open, 5s to 1h; set it longer than the keep-alive of the
    /// reverse proxy or load balancer
    #[arg(
        long,
        env = "DAEMUN_KEEP_ALIVE",
        value_name = "DURATION",
        default_value = "75s"
    )]
    keep_alive: Setting,

    /// Path below which the service receives every request, such as `/auth`; if a proxy strips the
    /// path, set only the public URL [default: none]
    #[arg(long, env = "DAEMUN_BASE_PATH", value_name = "PATH")]
    base_path: Option<Setting>,

    /// Base URL of the service for browsers, without a slash at its end, such as
    /// `https://app.example.com/auth`; links in mail start with it, and without it mails contain
    /// codes only; it is the issuer of access tokens
    #[arg(long, env = "DAEMUN_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Setting>,

    #[command(flatten)]
    secret: SecretArgs,

    /// Serve Swagger UI at `/swagger-ui/`: on or off
    #[arg(long, env = "DAEMUN_DOCS", value_name = "SWITCH", default_value = "on")]
    docs: Setting,

    /// Browser origins, other than the service's own, that may call the API with the cookie or a
    /// bearer token; separated by commas, such as `https://app.example.com,capacitor://localhost`
    #[arg(
        long,
        env = "DAEMUN_CORS_ORIGINS",
        value_name = "ORIGINS",
        default_value = ""
    )]
    cors_origins: Setting,

    /// Networks of reverse proxies whose forwarding header is trusted, separated by commas, such as
    /// 172.16.0.0/12
    #[arg(
        long,
        env = "DAEMUN_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        default_value = ""
    )]
    trusted_proxies: Setting,

    /// The only forwarding header that is read: x-forwarded-for or forwarded
    #[arg(
        long,
        env = "DAEMUN_FORWARDED_HEADER",
        value_name = "HEADER",
        default_value = "x-forwarded-for"
    )]
    forwarded_header: Setting,

    #[command(flatten)]
    admin: AdminArgs,
}

/// The settings of the section *Server*, checked.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The time after which an idle connection is closed.
    pub keep_alive: Duration,
    /// The path below which requests arrive, without a slash at its end; empty at the root.
    pub base_path: String,
    /// The base URL for browsers, byte for byte as it was set: the issuer of access tokens.
    pub public_url: Option<String>,
    /// The secret of signatures, digests and stored values.
    pub secret: SecretConfig,
    /// True if Swagger UI is served.
    pub docs: bool,
    /// Browser origins that may call the API.
    pub cors_origins: Vec<String>,
    /// True if the pages of every origin on this machine may call the API.
    pub allows_local_origins: bool,
    /// Networks of the reverse proxies whose forwarding header is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// True if `Forwarded` is read instead of `X-Forwarded-For`.
    pub reads_forwarded: bool,
    /// The admin listener.
    pub admin: AdminConfig,
}

impl ServerConfig {
    /// Returns the path below which clients reach the service: that of the public URL, or else the
    /// base path.
    #[must_use]
    pub fn external_prefix(&self) -> &str {
        self.public_url.as_deref().map_or(&self.base_path, path_of)
    }

    /// Returns the host of the public URL, without its port.
    #[must_use]
    pub fn public_host(&self) -> Option<String> {
        self.public_url.as_deref().and_then(host_of)
    }
}

/// Below 5 s, clients would mostly find their connections closed. No load balancer is known to keep
/// its own connections for an hour.
const KEEP_ALIVE: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_hours(1);

impl ServerArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> ServerConfig {
        let (base_path, public_url) = self.paths(reader);
        ServerConfig {
            listen: reader.address("DAEMUN_LISTEN", &self.listen),
            keep_alive: reader.duration("DAEMUN_KEEP_ALIVE", &self.keep_alive, KEEP_ALIVE),
            base_path,
            public_url,
            secret: self.secret.parse(reader),
            docs: reader.switch("DAEMUN_DOCS", &self.docs),
            cors_origins: reader.list("DAEMUN_CORS_ORIGINS", &self.cors_origins, origin::parse),
            allows_local_origins: false,
            trusted_proxies: reader.list("DAEMUN_TRUSTED_PROXIES", &self.trusted_proxies, network),
            reads_forwarded: reader.choice(
                "DAEMUN_FORWARDED_HEADER",
                &self.forwarded_header,
                ("x-forwarded-for", false),
                &[("forwarded", true)],
            ),
            admin: self.admin.parse(reader),
        }
    }

    /// Reads the base path and the public URL. The path of the URL is the base path, unless a proxy
    /// strips it and the base path is not set.
    fn paths(&self, reader: &mut Reader) -> (String, Option<String>) {
        let base_path = self.base_path(reader);
        let public_url = self.public_url(reader);
        if let (Some(base), Some(url)) = (&base_path, &public_url)
            && base != path_of(url)
        {
            reader.fault(format!(
                "DAEMUN_BASE_PATH: `{}` is not the path of DAEMUN_PUBLIC_URL `{url}`; for example DAEMUN_PUBLIC_URL=https://app.example.com{base}",
                self.base_path.given().unwrap_or_default()
            ));
        }
        (base_path.unwrap_or_default(), public_url)
    }

    fn base_path(&self, reader: &mut Reader) -> Option<String> {
        let text = self.base_path.given()?;
        let path = base_path(text);
        if path.is_none() {
            reader.fault(format!(
                "DAEMUN_BASE_PATH: `{text}` is not a path of letters, digits, `-`, `.`, `_`, `~` that starts with a slash and ends without one; for example /auth"
            ));
        }
        path
    }

    fn public_url(&self, reader: &mut Reader) -> Option<String> {
        let url = self.public_url.given()?;
        if is_public_url(url) {
            return Some(url.to_owned());
        }
        let bare = url.trim_end_matches('/');
        reader.fault(if is_public_url(bare) {
            format!("DAEMUN_PUBLIC_URL: `{url}` ends with a slash; for example {bare}")
        } else {
            format!(
                "DAEMUN_PUBLIC_URL: `{url}` is not an https URL without query and fragment; for example https://app.example.com"
            )
        });
        None
    }
}

/// Reads a network, or an IP address as a network of one address.
fn network(text: &str) -> Result<IpNet, &'static str> {
    text.parse()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_unparsed| "is neither a network nor an address; for example 172.16.0.0/12")
}
