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
use url::form_urlencoded;

use crate::{
    config::MailerConfig,
    domain::{
        account::email::Email, branding::Branding, credential::challenge::Purpose,
        message::MessageKind,
    },
};
use content::Content;
use transport::Transport;

pub use error::{MailConfigError, SendError, SendErrorKind};
pub use message::{ChallengeSecrets, Message, Topic};

/// Sends mail in the operator's name.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    /// The app in every message.
    branding: Branding,
    public_url: Option<String>,
    invitation_url: Option<String>,
}

impl Mailer {
    /// Creates the mailer that the settings describe. It opens no connection yet.
    pub fn new(
        mail: &MailerConfig,
        branding: Branding,
        public_url: Option<&str>,
    ) -> Result<Self, MailConfigError> {
        let address = mail.from.address.parse().map_err(MailConfigError::Sender)?;
        let from = Mailbox::new(mail.from.name.clone(), address);
        Ok(Self {
            transport: Transport::new(&mail.url, from.email.domain())?,
            from,
            branding,
            public_url: public_url.map(str::to_owned),
            invitation_url: None,
        })
    }

    /// The same mailer, whose invitations link to this page of the app.
    #[must_use]
    pub fn with_invitation_url(self, invitation_url: Option<String>) -> Self {
        Self {
            invitation_url,
            ..self
        }
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
            Topic::Test => texts::test(&self.branding),
            Topic::Kind {
                kind,
                secrets,
                detail,
            } => texts::content(&texts::MessageFacts {
                kind: *kind,
                language: message.language,
                branding: &self.branding,
                code: secrets.code.as_deref(),
                link: self.link(*kind, secrets, message.recipient),
                invitation: secrets.token.as_deref(),
                detail,
                created_at: message.created_at,
            }),
        }
    }

    /// Returns the link of a message. The token is in the fragment, which browsers do not send.
    /// Invitations link to a page of the app, other messages to one of the service. There, the
    /// address beside it is the username for the browser's password manager.
    fn link(
        &self,
        kind: MessageKind,
        secrets: &ChallengeSecrets,
        recipient: &str,
    ) -> Option<String> {
        let token = secrets.token.as_ref()?;
        if kind == MessageKind::Invitation {
            let url = self.invitation_url.as_ref()?;
            return Some(format!("{url}#invitation={token}"));
        }
        let page = match kind.purpose()? {
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::ChangeEmail => "email/verify",
            Purpose::ResetPassword => "password/reset",
            Purpose::LogIn => return None,
        };
        let base = self.public_url.as_ref()?;
        let fragment = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("email", recipient)
            .finish();
        Some(format!("{base}/{page}#{fragment}"))
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
