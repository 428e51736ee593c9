//! The section *Access tokens*: JWTs for other services.

use std::{ops::RangeInclusive, time::Duration};

use clap::Args;

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the flags come from the fields"
)]
#[command(next_help_heading = "Access tokens")]
pub(in crate::config) struct TokenArgs {
    /// Audience of access tokens, their `aud` claim [default: the public URL, or `daemun`]
    #[arg(long, env = "DAEMUN_TOKEN_AUDIENCE", value_name = "TEXT")]
    token_audience: Option<Setting>,

    /// Members of an account's metadata that access tokens contain in `metadata`, separated by
    /// commas, such as `plan,tenant`
    #[arg(
        long,
        env = "DAEMUN_TOKEN_METADATA",
        value_name = "MEMBERS",
        default_value = ""
    )]
    token_metadata: Setting,

    /// Age at which the token signing key is rotated, 1h to 400d
    #[arg(
        long,
        env = "DAEMUN_TOKEN_KEY_AGE",
        value_name = "DURATION",
        default_value = "30d"
    )]
    token_key_age: Setting,
}

/// The settings of the section *Access tokens*, checked.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// The audience of access tokens. `None` stands for the issuer itself.
    pub audience: Option<String>,
    /// The members of an account's metadata that access tokens contain.
    pub metadata: Vec<String>,
    /// The age at which the signing key is rotated.
    pub key_age: Duration,
}

/// At least the hour in which a new key is published before it signs; at most 400 days.
const KEY_AGE: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(9600);

impl TokenArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> TokenConfig {
        let audience = self.token_audience.given();
        TokenConfig {
            audience: audience.map(|text| reader.text("DAEMUN_TOKEN_AUDIENCE", text, "my-app")),
            metadata: reader.list("DAEMUN_TOKEN_METADATA", &self.token_metadata, member),
            key_age: reader.duration("DAEMUN_TOKEN_KEY_AGE", &self.token_key_age, KEY_AGE),
        }
    }
}

/// Reads the name of a member of a JSON object.
fn member(name: &str) -> Result<String, &'static str> {
    if name.is_empty() || name.chars().any(char::is_control) {
        Err("is no name of a member of the metadata; for example plan")
    } else {
        Ok(name.to_owned())
    }
}
