//! `daemun key …`: manages service keys and token signing keys.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, listed, with_config, with_service};
use crate::{
    config::{self, Options},
    domain::{
        credential::service_key::{Scope, Scopes, ServiceKey},
        timestamp::Timestamp,
    },
    service::{Error, NewServiceKey, Service, Unique},
    telemetry::Stream,
};

/// The columns of a list as tab-separated values.
const COLUMNS: [&str; 7] = [
    "name",
    "scopes",
    "created_at",
    "last_used_at",
    "expires_at",
    "previous_last_used_at",
    "previous_ends_at",
];

/// The shortest and the longest life of a secret.
const MIN_LIFE: Duration = Duration::from_mins(5);
const MAX_LIFE: Duration = Duration::from_hours(3_650 * 24);

/// The longest time for which two secrets are valid.
const MAX_OVERLAP: Duration = Duration::from_hours(90 * 24);

/// The arguments of `daemun key`.
#[derive(Args)]
pub(super) struct KeyCommand {
    #[command(subcommand)]
    action: KeyAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun key`.
#[derive(Subcommand)]
enum KeyAction {
    /// Create a service key and print its secret once
    Create {
        /// Name of the service, its client ID: lower-case letters, digits, `.`, `_` and `-`
        #[arg(value_parser = service_name)]
        name: String,
        /// Scope of the key; may be repeated: introspect, users:read, users:write, events:read or
        /// invitations:write [default: introspect]
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
        /// Time for which the secret is valid, 5m to 3650d [default: without an end]
        #[arg(long, value_name = "DURATION", value_parser = life)]
        expires: Option<Duration>,
    },
    /// Print a second secret of a service key. The present secret ends after the overlap
    Renew {
        /// Name of the service
        name: String,
        /// Time for which the present secret stays valid, 0s to 90d
        #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = overlap)]
        overlap: Duration,
    },
    /// List the service keys as tab-separated values, with their scopes, last use and expiry
    List,
    /// Revoke a service's key with every secret
    Revoke {
        /// Name of the service
        name: String,
    },
    /// Rotate the token signing key and print the new key's ID. The new key is published in the
    /// JWKS before it is used
    Rotate {
        /// The current key may be compromised: sign with the new key within a minute and publish no
        /// other. Other services drop the old keys within five more minutes
        #[arg(long)]
        at_once: bool,
    },
}

fn service_name(text: &str) -> Result<String, &'static str> {
    if ServiceKey::is_name(text) {
        Ok(text.to_owned())
    } else {
        Err("up to 64 lower-case letters, digits, `.`, `_` and `-`")
    }
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| {
        let names = Scope::ALL.map(Scope::name);
        format!("one of {}", names.join(", "))
    })
}

fn life(text: &str) -> Result<Duration, &'static str> {
    let life = config::duration(text).filter(|life| (MIN_LIFE..=MAX_LIFE).contains(life));
    life.ok_or("a duration from 5m to 3650d, such as 90d")
}

fn overlap(text: &str) -> Result<Duration, &'static str> {
    let overlap = config::duration(text).filter(|overlap| *overlap <= MAX_OVERLAP);
    overlap.ok_or("a duration from 0s to 90d, such as 7d")
}

impl KeyCommand {
    pub(super) fn run(self) -> ExitCode {
        with_config(&self.options, Stream::Stderr, |config| {
            with_service(config, async |service| self.action.run(service).await)
        })
    }
}

impl KeyAction {
    async fn run(self, service: &Service) -> CommandResult {
        let mut out = io::stdout().lock();
        match self {
            Self::Create {
                name,
                scopes,
                expires,
            } => {
                let scopes = match scopes.as_slice() {
                    [] => Scopes::default(),
                    named => Scopes::new(named),
                };
                let life = expires;
                let new = NewServiceKey { name, scopes, life };
                let secret = service.create_service_key(new).await.map_err(explain)?;
                writeln!(out, "{}", secret.expose())?;
            }
            Self::Renew { name, overlap } => {
                let renewed = service.renew_service_key(name, overlap).await?;
                let secret = renewed.ok_or(NO_KEY)?;
                writeln!(out, "{}", secret.expose())?;
            }
            Self::List => return listed(list(service, &mut out).await),
            Self::Revoke { name } => {
                if !service.revoke_service_key(name).await? {
                    return Err(NO_KEY.into());
                }
            }
            Self::Rotate { at_once } => {
                writeln!(out, "{}", service.rotate_signing_keys(at_once).await?)?;
            }
        }
        Ok(())
    }
}

async fn list(service: &Service, out: &mut impl Write) -> CommandResult {
    writeln!(out, "{}", COLUMNS.join("\t"))?;
    for key in service.list_service_keys().await? {
        writeln!(out, "{}", row(&key))?;
    }
    Ok(())
}

/// The message for a name without a key.
const NO_KEY: &str = "no service of this name has a key";

fn row(key: &ServiceKey) -> String {
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, Timestamp::rfc3339);
    let previous = key.previous;
    [
        key.name.clone(),
        key.scopes.joined().to_owned(),
        key.created_at.rfc3339(),
        time(key.last_used_at),
        time(key.expires_at),
        time(previous.and_then(|previous| previous.last_used_at)),
        time(previous.map(|previous| previous.ends_at)),
    ]
    .join("\t")
}

fn explain(error: Error) -> Box<dyn std::error::Error> {
    if let Error::Taken(taken) = &error
        && taken.contains(&Unique::ServiceKeyName)
    {
        return "this service already has a key; renew or revoke it".into();
    }
    error.into()
}
