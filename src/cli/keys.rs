//! `daemun key …`: manages service keys and token signing keys.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, with_config, with_service};
use crate::{
    config::Options,
    service::{Error, Service, Unique},
    telemetry::Stream,
};

/// The maximum length of a service's name.
const NAME_LENGTH: usize = 64;

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
    /// Create a service key for token introspection and print it once
    Create {
        /// Name of the service, its client ID: lower-case letters, digits, `.`, `_` and `-`
        #[arg(value_parser = service_name)]
        name: String,
    },
    /// List the services that have a key
    List,
    /// Revoke a service's key
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
    let is_name = (1..=NAME_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
        });
    if is_name {
        Ok(text.to_owned())
    } else {
        Err("up to 64 lower-case letters, digits, `.`, `_` and `-`")
    }
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
            Self::Create { name } => {
                let key = service.create_service_key(name).await.map_err(explain)?;
                writeln!(out, "{}", key.expose())?;
            }
            Self::List => {
                for key in service.list_service_keys().await? {
                    writeln!(out, "{}  {}", key.created_at.rfc3339(), key.name)?;
                }
            }
            Self::Revoke { name } => {
                if !service.revoke_service_key(name).await? {
                    return Err("no service of this name has a key".into());
                }
            }
            Self::Rotate { at_once } => {
                writeln!(out, "{}", service.rotate_signing_keys(at_once).await?)?;
            }
        }
        Ok(())
    }
}

fn explain(error: Error) -> Box<dyn std::error::Error> {
    if let Error::Taken(taken) = &error
        && taken.contains(&Unique::ServiceKeyName)
    {
        return "this service already has a key; revoke it first".into();
    }
    error.into()
}
