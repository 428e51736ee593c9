//! `daemun key …`: keys of sibling services, and those that sign access tokens

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::Outcome;
use crate::{
    app,
    clock::Clock,
    config::{Config, Options},
    service::{Error, Service, Unique},
};

/// Characters of a service's name at most.
const NAME: usize = 64;

/// `daemun key …`
#[derive(Args)]
pub(super) struct KeyCommand {
    #[command(subcommand)]
    pub(super) action: Action,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What can be done with the keys by which sibling services introspect tokens.
#[derive(Subcommand)]
pub(super) enum Action {
    /// Make a key for a service and print it, this once
    Create {
        /// The service: lower-case letters, digits, `.`, `_` and `-`
        #[arg(value_parser = service_name)]
        name: String,
    },
    /// List the services that have a key
    List,
    /// Revoke a service's key
    Revoke {
        /// The service
        name: String,
    },
    /// Make another key that signs access tokens and print its name: neighbours get to know it before it signs
    Rotate {
        /// The present key may be in wrong hands: sign with the new one within a minute and publish no other; neighbours forget the
        /// old ones within five more
        #[arg(long)]
        at_once: bool,
    },
}

fn service_name(text: &str) -> Result<String, &'static str> {
    let is_name = (1..=NAME).contains(&text.len())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
        });
    if is_name {
        Ok(text.to_owned())
    } else {
        Err("up to 64 lower-case letters, digits, `.`, `_` and `-`")
    }
}

/// Does it and prints what came of it.
pub(super) fn run(config: &Config, action: Action) -> Outcome {
    let db = app::existing_database(config)?;
    let service = app::service(config, db, Clock::system())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(act(&service, action))
}

async fn act(service: &Service, action: Action) -> Outcome {
    let mut out = io::stdout().lock();
    match action {
        Action::Create { name } => {
            let key = service.create_service_key(name).await.map_err(told)?;
            writeln!(out, "{}", key.expose())?;
        }
        Action::List => {
            for key in service.list_service_keys().await? {
                writeln!(out, "{}  {}", key.created_at.rfc3339(), key.name)?;
            }
        }
        Action::Revoke { name } => {
            if !service.revoke_service_key(name).await? {
                return Err("no service of this name has a key".into());
            }
        }
        Action::Rotate { at_once } => {
            writeln!(out, "{}", service.rotate_signing_keys(at_once).await?)?;
        }
    }
    Ok(())
}

fn told(error: Error) -> Box<dyn std::error::Error> {
    if let Error::Taken(taken) = &error
        && taken.contains(&Unique::ServiceKeyName)
    {
        return "this service has a key; revoke it first".into();
    }
    error.into()
}
