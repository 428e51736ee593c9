//! Mail transports: SMTP, a folder, or the log.

mod authentication;
mod folder;
mod log;
mod smtp;
mod starttls;

use std::{fmt, path::PathBuf};

use super::{
    content::Content,
    error::{MailConfigError, SendError},
    message::Message,
};
use crate::config::MailUrl;
use smtp::Smtp;

/// The transport that the settings choose.
pub(super) enum Transport {
    Smtp(Box<Smtp>),
    Folder(PathBuf),
    Log,
}

impl Transport {
    pub(super) fn new(url: &MailUrl, sender_domain: &str) -> Result<Self, MailConfigError> {
        Ok(match url {
            MailUrl::Smtp(server) => Self::Smtp(Box::new(Smtp::new(server, sender_domain)?)),
            MailUrl::Folder(folder) => Self::Folder(folder.clone()),
            MailUrl::Log => Self::Log,
        })
    }

    /// Hands a message over. Returns the reply of the server, or where the message went.
    pub(super) async fn send(
        &self,
        message: &Message<'_>,
        content: &Content,
        mail: &lettre::Message,
    ) -> Result<String, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail.envelope(), &mail.formatted()).await,
            Self::Folder(folder) => folder::send(folder, message.id, mail.formatted()).await,
            Self::Log => Ok(log::send(message, content)),
        }
    }

    /// Closes the connections that no message uses.
    pub(super) async fn close_idle(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.close_idle().await;
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp(smtp) => smtp.fmt(formatter),
            Self::Folder(folder) => write!(formatter, "the folder {}", folder.display()),
            Self::Log => formatter.write_str("the log"),
        }
    }
}
