//! Mail: texts, MIME and transports.

pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod message;
mod render;
pub(crate) mod texts;
mod transport;
pub(crate) mod user_agent;

use std::fmt;

use lettre::message::Mailbox;

use crate::{
    config::MailerConfig,
    domain::{account::email::Email, credential::challenge::Purpose, message::MessageKind},
};
use content::Content;
use transport::Transport;

pub use error::{MailConfigError, SendError, SendErrorKind};
pub use message::{ChallengeSecrets, Message, Topic};

/// Sends mail in the operator's name.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    /// The name of the service in every message.
    service: String,
    public_url: Option<String>,
}

impl Mailer {
    /// Creates the mailer that the settings describe. It opens no connection yet.
    pub fn new(mail: &MailerConfig, public_url: Option<&str>) -> Result<Self, MailConfigError> {
        let address = mail.from.address.parse().map_err(MailConfigError::Sender)?;
        let from = Mailbox::new(mail.from.name.clone(), address);
        Ok(Self {
            transport: Transport::new(&mail.url, from.email.domain())?,
            service: from
                .name
                .clone()
                .unwrap_or_else(|| from.email.domain().to_owned()),
            from,
            public_url: public_url.map(str::to_owned),
        })
    }

    /// Returns whether a message can carry a link.
    #[must_use]
    pub const fn has_links(&self) -> bool {
        self.public_url.is_some()
    }

    /// Hands a message over. Returns the reply of the server, or where the message went.
    pub async fn send(&self, message: &Message<'_>) -> Result<String, SendError> {
        let content = self.content(message);
        let to = Email::parse(message.recipient)
            .ok()
            .and_then(|email| email.as_sent().parse().ok())
            .ok_or_else(|| SendError::composing("the recipient is no email address"))?;
        let mail = render::mime::mail(&self.from, to, message, &content)?;
        self.transport.send(message, &content, &mail).await
    }

    /// Closes the connections that no message uses.
    pub async fn close_idle(&self) {
        self.transport.close_idle().await;
    }

    fn content(&self, message: &Message<'_>) -> Content {
        match &message.topic {
            Topic::Test => texts::test(&self.service),
            Topic::Kind {
                kind,
                secrets,
                detail,
            } => texts::content(&texts::MessageFacts {
                kind: *kind,
                language: message.language,
                service: &self.service,
                code: secrets.code.as_deref(),
                link: self.link(*kind, secrets),
                detail,
                created_at: message.created_at,
            }),
        }
    }

    /// Returns the link of a message. The token is in the fragment, which browsers do not send.
    fn link(&self, kind: MessageKind, secrets: &ChallengeSecrets) -> Option<String> {
        let page = match kind.purpose()? {
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::ChangeEmail => "email/verify",
            Purpose::ResetPassword => "password/reset",
        };
        let (base, token) = (self.public_url.as_ref()?, secrets.token.as_ref()?);
        Some(format!("{base}/{page}#token={token}"))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Mailer")
    }
}

impl fmt::Display for Mailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transport.fmt(formatter)
    }
}
