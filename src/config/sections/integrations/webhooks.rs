//! The section *Webhooks*: the receiver of events, the secrets that sign them, and their types.

use clap::Args;
use url::Url;

use crate::{
    config::{
        read::Reader,
        setting::{Given, Setting},
    },
    domain::{credential::webhook_secret::WebhookSecret, event::PublishedTypes},
};

/// A command that prints a secret: a fixed example would be copied.
const EXAMPLE: &str = "the output of `echo whsec_$(openssl rand -base64 32)`";

#[derive(Args, Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the flags come from the fields"
)]
#[command(next_help_heading = "Webhooks")]
pub(in crate::config) struct WebhookArgs {
    /// URL that receives security events by POST, signed by Standard Webhooks
    /// [default: no webhooks]
    #[arg(
        long,
        env = "DAEMUN_WEBHOOK_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    webhook_url: Option<Setting>,

    /// Secret that signs webhooks, `whsec_` and 24 to 64 bytes in base64; two, separated by a
    /// comma, while the receiver changes to a new one
    #[arg(
        long,
        env = "DAEMUN_WEBHOOK_SECRET",
        value_name = "SECRETS",
        hide_env_values = true
    )]
    webhook_secret: Option<Setting>,

    /// File that holds the secret or the two secrets
    #[arg(long, env = "DAEMUN_WEBHOOK_SECRET_FILE", value_name = "PATH")]
    webhook_secret_file: Option<Setting>,

    /// Types of the events that are sent, separated by commas, such as `user.*,login.succeeded`;
    /// `*` means every type [default: every type but login.failed]
    #[arg(long, env = "DAEMUN_WEBHOOK_EVENTS", value_name = "TYPES")]
    webhook_events: Option<Setting>,
}

/// The settings of the section *Webhooks*, checked.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The URL of the receiver. It may hold a secret of the receiver.
    pub url: String,
    /// The secrets that sign: one, or two while the operator rotates them.
    pub secrets: Vec<WebhookSecret>,
    /// The types of the events that are sent.
    pub types: PublishedTypes,
}

impl WebhookArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> Option<WebhookConfig> {
        let Some(url) = self.webhook_url.given() else {
            self.refuse_without_url(reader);
            return None;
        };
        if !is_receiver(url) {
            reader.fault(
                "DAEMUN_WEBHOOK_URL: is no http or https URL without credentials and fragment; for example https://app.example.com/webhooks",
            );
        } else if !self.has_secret() {
            reader.fault(format!(
                "DAEMUN_WEBHOOK_SECRET: is needed to sign webhooks; for example {EXAMPLE}"
            ));
        }
        Some(WebhookConfig {
            url: url.to_owned(),
            secrets: self.secrets(reader),
            types: self.types(reader),
        })
    }

    fn types(&self, reader: &mut Reader) -> PublishedTypes {
        let Some(text) = self.webhook_events.given() else {
            return PublishedTypes::usual();
        };
        let sets = reader.list("DAEMUN_WEBHOOK_EVENTS", text, event_types);
        sets.into_iter().collect()
    }

    fn has_secret(&self) -> bool {
        self.webhook_secret.given().is_some() || self.webhook_secret_file.given().is_some()
    }

    /// Refuses settings that would have no effect.
    fn refuse_without_url(&self, reader: &mut Reader) {
        let others = [
            ("DAEMUN_WEBHOOK_SECRET", &self.webhook_secret),
            ("DAEMUN_WEBHOOK_SECRET_FILE", &self.webhook_secret_file),
            ("DAEMUN_WEBHOOK_EVENTS", &self.webhook_events),
        ];
        for (name, setting) in others {
            if setting.given().is_some() {
                reader.fault(format!(
                    "{name}: needs DAEMUN_WEBHOOK_URL; for example https://app.example.com/webhooks"
                ));
            }
        }
    }

    /// Reads the secrets. No fault repeats one.
    fn secrets(&self, reader: &mut Reader) -> Vec<WebhookSecret> {
        let given = reader.value_or_file(
            ("DAEMUN_WEBHOOK_SECRET", self.webhook_secret.given()),
            (
                "DAEMUN_WEBHOOK_SECRET_FILE",
                self.webhook_secret_file.given(),
            ),
        );
        let Some((name, text)) = given else {
            return Vec::new();
        };
        let texts = text.split(',').map(str::trim);
        let secrets: Option<Vec<_>> = texts.map(WebhookSecret::parse).collect();
        match secrets {
            Some(secrets) if secrets.len() <= 2 => secrets,
            Some(_) | None => {
                reader.fault(format!(
                    "{name}: is not one secret or two of `whsec_` and 24 to 64 bytes in base64; for example {EXAMPLE}"
                ));
                Vec::new()
            }
        }
    }
}

/// Returns whether a text is the URL of a receiver. Credentials in it would not be sent.
fn is_receiver(text: &str) -> bool {
    let has_scheme = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_whole = Url::parse(text).is_ok_and(|url| {
        let is_bare = url.username().is_empty() && url.password().is_none();
        url.has_host() && is_bare && url.fragment().is_none()
    });
    has_scheme && is_plain && is_whole
}

fn event_types(text: &str) -> Result<PublishedTypes, &'static str> {
    PublishedTypes::parse(text).ok_or(
        "is no type of docs/audit.md and no area of types; for example user.*,login.succeeded",
    )
}
