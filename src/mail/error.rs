//! Why mail does not leave, told without a word that could hold an address; it must not know what follows from it.

use std::{fmt, io};

use lettre::{address::AddressError, transport::smtp};

/// Why there can be no way out, as one clear line.
#[derive(Debug)]
pub struct Unusable(String);

impl Unusable {
    pub(super) fn sender(error: AddressError) -> Self {
        Self(format!("DAEMUN_MAIL_FROM: {error}"))
    }

    pub(super) fn tls(error: &smtp::Error) -> Self {
        Self(format!("mail cannot be encrypted: {error}"))
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// What a failure means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server is away or does not serve us, so no message would leave now.
    Unreachable,
    /// The server closed the connection over this one: it may refuse this one alone, or stop.
    Closing,
    /// The server refused this one for now, or fell silent over it.
    Temporary,
    /// The server refused this one for good.
    Permanent,
}

/// A message that did not leave. Its `Display` is for the log.
#[derive(Debug)]
pub struct Failure {
    verdict: Verdict,
    step: &'static str,
    cause: Cause,
    hint: Option<&'static str>,
}

#[derive(Debug)]
enum Cause {
    Answer(Answer),
    Silence,
    Other(String),
}

struct Answer {
    code: String,
    /// The server's words, which may quote an address.
    text: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.code)
    }
}

impl Failure {
    /// A message that no server would change anything about.
    pub(super) fn of_ours(cause: impl Into<String>) -> Self {
        Self::new(Verdict::Permanent, "composing", Cause::Other(cause.into()))
    }

    /// A folder that cannot be written into, or a server that cannot be connected to.
    pub(super) fn of_io(step: &'static str, error: &io::Error) -> Self {
        Self::of_settings(step, error.to_string())
    }

    /// A setting without which no message can leave.
    pub(super) fn of_settings(step: &'static str, cause: String) -> Self {
        Self::new(Verdict::Unreachable, step, Cause::Other(cause))
    }

    /// What went wrong before the server was told whom the message is for.
    pub(super) fn before(step: &'static str, error: &smtp::Error) -> Self {
        Self::new(Verdict::Unreachable, step, Cause::of(error))
    }

    /// What the server made of this message: 4yz is for now, 5yz for good (RFC 5321, section 4.2.1); 421 closes the connection, and
    /// some relays say it to one recipient.
    pub(super) fn after(step: &'static str, error: &smtp::Error) -> Self {
        let cause = Cause::of(error);
        let is_over = matches!(&cause, Cause::Answer(answer) if answer.code == "421");
        let verdict = if is_over {
            Verdict::Closing
        } else if error.is_permanent() {
            Verdict::Permanent
        } else {
            Verdict::Temporary
        };
        Self::new(verdict, step, cause)
    }

    /// No answer in time.
    pub(super) fn silence(verdict: Verdict, step: &'static str) -> Self {
        Self::new(verdict, step, Cause::Silence)
    }

    const fn new(verdict: Verdict, step: &'static str, cause: Cause) -> Self {
        Self {
            verdict,
            step,
            cause,
            hint: None,
        }
    }

    /// Adds what an operator can do about a refusal.
    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = matches!(self.cause, Cause::Answer(_)).then_some(hint);
        self
    }

    /// What it means for the message.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// With the server's own words, which may hold addresses: for the eyes of whoever wrote to them.
    #[must_use]
    pub fn in_full(&self) -> String {
        self.told(true)
    }

    fn told(&self, is_in_full: bool) -> String {
        let cause = match &self.cause {
            Cause::Answer(Answer { code, text }) if is_in_full => {
                format!("answered with {code} {text}")
            }
            Cause::Answer(Answer { code, .. }) => format!("answered with {code}"),
            Cause::Silence => String::from("no answer in time"),
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
            return Self::Answer(Answer {
                code: code.to_string(),
                text: source.unwrap_or_default(),
            });
        }
        // What cannot be read is quoted in lettre's account of it.
        if error.is_response() {
            return Self::Other(String::from(
                "the connection ended, or what came is not SMTP",
            ));
        }
        Self::Other(source.unwrap_or_else(|| error.to_string()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.told(false))
    }
}

impl std::error::Error for Failure {}
