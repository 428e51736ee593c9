//! The errors of mail. Their `Display` is for the log and never contains an address.

use std::{fmt, io};

use lettre::{address::AddressError, transport::smtp};
use thiserror::Error;

/// A setting with which no mail can be sent.
#[derive(Debug, Error)]
pub enum MailConfigError {
    /// The sender is not an address.
    #[error("DAEMUN_MAIL_FROM: {0}")]
    Sender(AddressError),
    /// The server's name cannot be used for TLS.
    #[error("mail cannot be encrypted: {0}")]
    Tls(smtp::Error),
}

/// The meaning of an error for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendErrorKind {
    /// The server is unreachable or rejects this client, so no message can be sent now.
    Unreachable,
    /// The server closed the connection over this message: it may reject this one alone, or shut
    /// down.
    Closing,
    /// The server rejected this message for now, or did not reply to it.
    Temporary,
    /// The server rejected this message permanently.
    Permanent,
}

/// The error of a message that was not sent.
#[derive(Debug, Error)]
#[error("{}", self.text(false))]
pub struct SendError {
    kind: SendErrorKind,
    step: &'static str,
    cause: Cause,
    hint: Option<&'static str>,
}

#[derive(Debug)]
enum Cause {
    Reply(SmtpReply),
    Timeout,
    Other(String),
}

struct SmtpReply {
    code: String,
    /// The server's text, which may quote an address.
    text: String,
}

impl fmt::Debug for SmtpReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.code)
    }
}

impl SendError {
    /// Returns the error of a message that cannot be composed, whatever the server.
    pub(super) fn composing(cause: impl Into<String>) -> Self {
        let cause = Cause::Other(cause.into());
        Self::new(SendErrorKind::Permanent, "composing", cause)
    }

    /// Returns the error of a folder that is not writable, or of a server that is unreachable.
    pub(super) fn io(step: &'static str, error: &io::Error) -> Self {
        Self::settings(step, error.to_string())
    }

    /// Returns the error of a setting without which no message can be sent.
    pub(super) fn settings(step: &'static str, cause: String) -> Self {
        Self::new(SendErrorKind::Unreachable, step, Cause::Other(cause))
    }

    /// Returns the error of a step before the server was given the recipient.
    pub(super) fn before_recipient(step: &'static str, error: &smtp::Error) -> Self {
        Self::new(SendErrorKind::Unreachable, step, Cause::of(error))
    }

    /// Returns the error of a step that concerns this message. 4yz is temporary, 5yz permanent (RFC
    /// 5321, section 4.2.1); 421 closes the connection, and some relays send it for one recipient.
    pub(super) fn of_message(step: &'static str, error: &smtp::Error) -> Self {
        let cause = Cause::of(error);
        let is_closing = matches!(&cause, Cause::Reply(reply) if reply.code == "421");
        let kind = if is_closing {
            SendErrorKind::Closing
        } else if error.is_permanent() {
            SendErrorKind::Permanent
        } else {
            SendErrorKind::Temporary
        };
        Self::new(kind, step, cause)
    }

    /// Returns the error of a step that the server did not reply to in time.
    pub(super) fn timeout(kind: SendErrorKind, step: &'static str) -> Self {
        Self::new(kind, step, Cause::Timeout)
    }

    const fn new(kind: SendErrorKind, step: &'static str, cause: Cause) -> Self {
        Self {
            kind,
            step,
            cause,
            hint: None,
        }
    }

    /// Adds what an operator can do about a rejection.
    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = matches!(self.cause, Cause::Reply(_)).then_some(hint);
        self
    }

    /// Returns what the error means for the message.
    #[must_use]
    pub const fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// Returns the error with the server's own text, which may contain addresses: for a command
    /// whose caller chose the address.
    #[must_use]
    pub fn in_full(&self) -> String {
        self.text(true)
    }

    fn text(&self, is_in_full: bool) -> String {
        let cause = match &self.cause {
            Cause::Reply(SmtpReply { code, text }) if is_in_full => {
                format!("replied with {code} {text}")
            }
            Cause::Reply(SmtpReply { code, .. }) => format!("replied with {code}"),
            Cause::Timeout => String::from("no reply in time"),
            Cause::Other(cause) => cause.clone(),
        };
        let hint = self.hint.map(|hint| format!("; {hint}"));
        format!("{}: {cause}{}", self.step, hint.unwrap_or_default())
    }
}

impl Cause {
    fn of(error: &smtp::Error) -> Self {
        let source = std::error::Error::source(error).map(ToString::to_string);
        if let Some(code) = error.status() {
            return Self::Reply(SmtpReply {
                code: code.to_string(),
                text: source.unwrap_or_default(),
            });
        }
        // lettre's own text would quote what it could not parse.
        if error.is_response() {
            return Self::Other(String::from(
                "the connection ended, or the reply is not SMTP",
            ));
        }
        Self::Other(source.unwrap_or_else(|| error.to_string()))
    }
}
