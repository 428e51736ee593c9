//! Mail: words, MIME and the way out; it must not know what is stored, what a use case is, nor when a message is tried again.

pub(crate) mod content;
pub(crate) mod error;
mod render;
pub(crate) mod texts;
mod transport;
pub(crate) mod user_agent;

use std::{fmt, path::PathBuf};

use lettre::message::Mailbox;

use crate::{
    config::{MailUrl, OutgoingMail},
    domain::{
        account::{email::Email, ids::MessageId},
        credential::challenge::Purpose,
        language::Language,
        message::MessageKind,
        timestamp::Timestamp,
    },
};
use content::Letter;

pub use error::{Failure, Unusable, Verdict};

/// What sends mail, in the operator's name.
pub struct Mailer {
    way: Way,
    from: Mailbox,
    /// What people know the service by.
    service: String,
    public_url: Option<String>,
}

enum Way {
    Smtp(Box<transport::smtp::Smtp>),
    Folder(PathBuf),
    Log,
}

/// A message to one mailbox.
pub struct Message<'a> {
    /// Becomes its Message-ID: a message that has to be sent again can be told from another.
    pub id: MessageId,
    /// The address as written.
    pub recipient: &'a str,
    /// What it is written in.
    pub language: Language,
    /// Its date.
    pub created_at: Timestamp,
    /// What it tells.
    pub content: Content<'a>,
}

/// What a message tells.
pub enum Content<'a> {
    /// That mail leaves.
    Test,
    /// What its kind is for.
    Kind {
        /// The kind.
        kind: MessageKind,
        /// What proves that the mailbox is read, where it is asked for.
        proof: Proof,
        /// What the words tell of: a JSON object with `username`, `ip` and `user_agent`, where they are known.
        detail: &'a str,
    },
}

/// What a message carries to prove that the mailbox is read.
#[derive(Default)]
pub struct Proof {
    /// To be typed, while it is good.
    pub code: Option<String>,
    /// To be put into a link.
    pub token: Option<String>,
}

impl Mailer {
    /// A way out as the settings have it. Nothing is connected to yet.
    pub fn new(mail: &OutgoingMail, public_url: Option<&str>) -> Result<Self, Unusable> {
        let address = mail.from.address.parse().map_err(Unusable::sender)?;
        let from = Mailbox::new(mail.from.name.clone(), address);
        let way = match &mail.url {
            MailUrl::Smtp(server) => Way::Smtp(Box::new(transport::smtp::Smtp::new(
                server,
                from.email.domain(),
            )?)),
            MailUrl::Folder(folder) => Way::Folder(folder.clone()),
            MailUrl::Log => Way::Log,
        };
        Ok(Self {
            way,
            service: from
                .name
                .clone()
                .unwrap_or_else(|| from.email.domain().to_owned()),
            from,
            public_url: public_url.map(str::to_owned),
        })
    }

    /// Whether a message can carry a link.
    #[must_use]
    pub const fn has_links(&self) -> bool {
        self.public_url.is_some()
    }

    /// Hands a message over; what is said to that.
    pub async fn send(&self, message: &Message<'_>) -> Result<String, Failure> {
        let letter = self.letter(message);
        let to = Email::parse(message.recipient)
            .ok()
            .and_then(|email| email.as_sent().parse().ok())
            .ok_or_else(|| Failure::of_ours("it goes to no address"))?;
        let mail = render::mime::mail(&self.from, to, message, &letter)?;
        match &self.way {
            Way::Smtp(smtp) => smtp.deliver(mail.envelope(), &mail.formatted()).await,
            Way::Folder(folder) => {
                transport::folder::keep(folder, message.id, mail.formatted()).await
            }
            Way::Log => {
                let text = render::text::render(&letter);
                tracing::info!(event = "mail.printed", message.id = %message.id, message.to = message.recipient, message.subject = letter.subject, message.text = text, "a message");
                Ok(String::from("it is on the log"))
            }
        }
    }

    /// Ends connections that nothing is sent over.
    pub async fn hang_up(&self) {
        if let Way::Smtp(smtp) = &self.way {
            smtp.hang_up().await;
        }
    }

    fn letter(&self, message: &Message<'_>) -> Letter {
        match &message.content {
            Content::Test => texts::test(&self.service),
            Content::Kind {
                kind,
                proof,
                detail,
            } => texts::letter(&texts::About {
                kind: *kind,
                language: message.language,
                service: &self.service,
                code: proof.code.as_deref(),
                link: self.link(*kind, proof),
                detail,
                created_at: message.created_at,
            }),
        }
    }

    /// The token goes into the fragment, which browsers send to nobody.
    fn link(&self, kind: MessageKind, proof: &Proof) -> Option<String> {
        let page = match kind.purpose()? {
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::ChangeEmail => "email/verify",
            Purpose::ResetPassword => "password/reset",
        };
        let (base, token) = (self.public_url.as_ref()?, proof.token.as_ref()?);
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
        match &self.way {
            Way::Smtp(smtp) => smtp.fmt(formatter),
            Way::Folder(folder) => write!(formatter, "the folder {}", folder.display()),
            Way::Log => formatter.write_str("the log"),
        }
    }
}
