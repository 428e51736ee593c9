//! The section *Mail*: how mail leaves, and which mail is sent.

use std::path::Path;

use clap::Args;

use crate::{
    config::{
        mail_url::{MailUrl, parse as parse_url},
        read::Reader,
        sender::Sender,
        setting::{Given, Setting},
    },
    domain::modes::EmailVerification,
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Mail")]
pub(in crate::config) struct MailArgs {
    /// Mail server, `smtp://USER:PASSWORD@HOST` (STARTTLS) or `smtps://…`; `file://FOLDER` writes
    /// messages to files, and `log:` logs them, for development only [default: no mail]
    #[arg(
        long,
        env = "DAEMUN_MAIL_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    mail_url: Option<Setting>,

    /// File that holds the mail server's URL
    #[arg(long, env = "DAEMUN_MAIL_URL_FILE", value_name = "PATH")]
    mail_url_file: Option<Setting>,

    /// File that holds an OAuth 2 access token for the mail server (XOAUTH2), read for each
    /// connection; the URL then has a user and no password
    #[arg(long, env = "DAEMUN_MAIL_OAUTH_TOKEN_FILE", value_name = "PATH")]
    mail_oauth_token_file: Option<Setting>,

    /// Sender of mail, such as `Example <no-reply@example.com>`; required for a mail server
    #[arg(long, env = "DAEMUN_MAIL_FROM", value_name = "MAILBOX")]
    mail_from: Option<Setting>,

    /// Verify email addresses: off, optional (a mail after signup) or required (the account exists
    /// from verification on)
    #[arg(
        long,
        env = "DAEMUN_EMAIL_VERIFICATION",
        value_name = "MODE",
        default_value = "optional"
    )]
    email_verification: Setting,

    /// Notify owners of verified addresses by mail of a login from a new device: on or off
    #[arg(
        long,
        env = "DAEMUN_DEVICE_NOTICES",
        value_name = "SWITCH",
        default_value = "on"
    )]
    device_notices: Setting,

    /// Let owners of verified addresses log in with a mailed code: on or off
    #[arg(
        long,
        env = "DAEMUN_EMAIL_LOG_IN",
        value_name = "SWITCH",
        default_value = "off"
    )]
    email_log_in: Setting,
}

/// The settings of the section *Mail*, checked.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The transport and the sender. Without them, no mail is sent.
    pub mailer: Option<MailerConfig>,
    /// The requirement on email addresses.
    pub email_verification: EmailVerification,
    /// True if owners are notified of a login from a new device.
    pub device_notices: bool,
    /// True if owners can log in with a mailed code.
    pub email_log_in: bool,
}

/// The transport and the sender of mail.
#[derive(Clone, Debug)]
pub struct MailerConfig {
    /// The transport.
    pub url: MailUrl,
    /// The sender.
    pub from: Sender,
}

impl MailConfig {
    /// Names a sender that has no name of its own.
    pub(in crate::config) fn with_sender_name(mut self, name: Option<&str>) -> Self {
        if let Some(mailer) = &mut self.mailer {
            let own = mailer.from.name.take();
            mailer.from.name = own.or_else(|| name.map(str::to_owned));
        }
        self
    }
}

impl MailArgs {
    /// Without a URL, mail leaves by the transport `default`.
    pub(in crate::config) fn parse(
        &self,
        reader: &mut Reader,
        default: Option<MailUrl>,
    ) -> MailConfig {
        let email_verification = reader.choice(
            "DAEMUN_EMAIL_VERIFICATION",
            &self.email_verification,
            ("optional", EmailVerification::Optional),
            &[
                ("off", EmailVerification::Off),
                ("required", EmailVerification::Required),
            ],
        );
        let has_transport = self.has_url() || default.is_some();
        if email_verification == EmailVerification::Required && !has_transport {
            reader.fault(
                "DAEMUN_EMAIL_VERIFICATION: `required` needs a way to send mail; for example DAEMUN_MAIL_URL=smtp://mail.example.com",
            );
        }
        let email_log_in = reader.switch("DAEMUN_EMAIL_LOG_IN", &self.email_log_in);
        if email_log_in && !has_transport {
            reader.fault(
                "DAEMUN_EMAIL_LOG_IN: `on` needs a way to send mail; for example DAEMUN_MAIL_URL=smtp://mail.example.com",
            );
        }
        MailConfig {
            mailer: self.mailer(reader, default),
            email_log_in,
            email_verification,
            device_notices: reader.switch("DAEMUN_DEVICE_NOTICES", &self.device_notices),
        }
    }

    fn has_url(&self) -> bool {
        self.mail_url.given().is_some() || self.mail_url_file.given().is_some()
    }

    fn mailer(&self, reader: &mut Reader, default: Option<MailUrl>) -> Option<MailerConfig> {
        let from = self.mail_from.given().map(Sender::parse);
        if from == Some(None) {
            reader.fault("DAEMUN_MAIL_FROM: is neither an address nor a name with one; for example Example <no-reply@example.com>");
        }
        let url = if self.has_url() {
            self.url(reader)
        } else {
            self.refuse_token_file(reader);
            default
        }?;
        if from.is_none() && matches!(url, MailUrl::Smtp(_)) {
            reader.fault(
                "DAEMUN_MAIL_FROM: is needed to send mail; for example Example <no-reply@example.com>",
            );
        }
        let default = Sender {
            name: None,
            address: String::from("daemun@localhost"),
        };
        Some(MailerConfig {
            url,
            from: from.flatten().unwrap_or(default),
        })
    }

    fn refuse_token_file(&self, reader: &mut Reader) {
        if self.mail_oauth_token_file.given().is_some() {
            reader.fault("DAEMUN_MAIL_OAUTH_TOKEN_FILE: needs DAEMUN_MAIL_URL; for example smtp://user@mail.example.com");
        }
    }

    fn url(&self, reader: &mut Reader) -> Option<MailUrl> {
        let token_file = self.mail_oauth_token_file.given().map(Path::new);
        let (name, text) = reader.value_or_file(
            ("DAEMUN_MAIL_URL", self.mail_url.given()),
            ("DAEMUN_MAIL_URL_FILE", self.mail_url_file.given()),
        )?;
        let url = parse_url(&text, token_file);
        if let Err(wrong) = url {
            let example = match token_file {
                Some(_) => "smtp://user@mail.example.com",
                None => "smtps://user:password@mail.example.com",
            };
            reader.fault(format!("{name}: the URL {wrong}; for example {example}"));
        }
        url.ok()
    }
}
