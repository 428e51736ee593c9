//! A conversation with a mail server (RFC 5321), each step of it with a deadline; it must not know what a message says.

use std::{fmt, path::PathBuf, sync::Mutex, time::Duration};

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        self,
        authentication::{self, DEFAULT_MECHANISMS, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Auth, Data, Mail, Rcpt},
        extension::ClientId,
        response::Response,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::starttls::PlainText;
use crate::{
    blocking,
    config::{self, Encryption, MailSecret, MailServer, SmtpCredentials},
    mail::{Failure, Unusable, Verdict},
};

/// How long each of a server's addresses may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a server may think about a command.
const COMMAND: Duration = Duration::from_secs(30);

/// How long it may think about a message: who gives up before it answers sends twice (RFC 5321, section 4.5.3.2.6).
const MESSAGE: Duration = Duration::from_mins(10);

/// How long a farewell is waited for.
const FAREWELL: Duration = Duration::from_secs(2);

const CONNECTING: &str = "connecting";

/// What an operator can do where the server refuses an access token.
const EXPIRED: &str =
    "the token in DAEMUN_MAIL_OAUTH_TOKEN_FILE has expired, or is not for this user and scope";

/// Connections that wait for the next message.
const IDLE: usize = 4;

/// A server, and connections to it that wait for the next message.
pub(crate) struct Smtp {
    server: MailServer,
    tls: Option<TlsParameters>,
    hello: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Smtp {
    /// A server that is told the sender's domain as our name: a container has none that means anything outside.
    pub(crate) fn new(server: &MailServer, domain: &str) -> Result<Self, Unusable> {
        let tls = match server.encryption {
            Encryption::Implicit | Encryption::StartTls => Some(
                TlsParameters::new(server.host.clone()).map_err(|error| Unusable::tls(&error))?,
            ),
            Encryption::Off => None,
        };
        if let Some(SmtpCredentials {
            secret: MailSecret::TokenFile(path),
            ..
        }) = &server.credentials
            && let Err(wrong) = config::oauth_token(path)
        {
            // Another program renews the file. It stops no start, and no other command.
            tracing::warn!(
                event = "mail.token_unusable",
                "DAEMUN_MAIL_OAUTH_TOKEN_FILE: {wrong}; mail waits until it holds one"
            );
        }
        Ok(Self {
            server: server.clone(),
            tls,
            hello: ClientId::Domain(domain.to_owned()),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Hands a message over; what the server says to that.
    pub(crate) async fn deliver(
        &self,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<String, Failure> {
        let mut connection = self.ready(envelope.from()).await?;
        let taken = Self::hand_over(&mut connection, envelope, mail).await;
        match &taken {
            Ok(_) => self.keep(connection),
            Err(_) => farewell(connection).await,
        }
        taken
    }

    /// Ends the connections that wait.
    pub(crate) async fn hang_up(&self) {
        while let Some(connection) = self.waiting() {
            farewell(connection).await;
        }
    }

    /// A connection on which the server agreed to take a message of this sender. One that waited may have been closed meanwhile,
    /// so a refusal on it says nothing.
    async fn ready(&self, from: Option<&Address>) -> Result<AsyncSmtpConnection, Failure> {
        let sender = || Mail::new(from.cloned(), Vec::new());
        if let Some(mut waiting) = self.waiting()
            && let Ok(Ok(_)) = timeout(COMMAND, waiting.command(sender())).await
        {
            return Ok(waiting);
        }
        let mut connection = self.open().await?;
        first("MAIL FROM", COMMAND, connection.command(sender())).await?;
        Ok(connection)
    }

    /// A new connection, encrypted and logged in as the settings have it.
    async fn open(&self) -> Result<AsyncSmtpConnection, Failure> {
        let mut connection = match (&self.tls, self.server.encryption) {
            (Some(tls), Encryption::StartTls) => self.open_by_starttls(tls.clone()).await?,
            (tls, _) => {
                let address = (self.server.host.as_str(), self.server.port);
                let (hello, tls) = (&self.hello, tls.clone());
                let connecting =
                    AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), hello, tls, None);
                first(CONNECTING, CONNECT + COMMAND, connecting).await?
            }
        };
        if let Some(SmtpCredentials { user, secret }) = &self.server.credentials {
            match secret {
                MailSecret::Password(password) => {
                    let credentials = credentials(user, password);
                    let logging_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
                    first("AUTH", COMMAND, logging_in).await?;
                }
                MailSecret::TokenFile(path) => {
                    let token = read_token(path.clone()).await?;
                    let logging_in = log_in_by_token(&mut connection, credentials(user, &token));
                    let logged_in = first("AUTH XOAUTH2", COMMAND, logging_in).await;
                    logged_in.map_err(|failure| failure.with_hint(EXPIRED))?;
                }
            }
        }
        Ok(connection)
    }

    async fn open_by_starttls(&self, tls: TlsParameters) -> Result<AsyncSmtpConnection, Failure> {
        let MailServer { host, port, .. } = &self.server;
        let connecting = PlainText::connect(host, *port, CONNECT);
        let stream = timeout(CONNECT + COMMAND, connecting)
            .await
            .map_err(|_elapsed| Failure::silence(Verdict::Unreachable, CONNECTING))?
            .map_err(|error| Failure::of_io(CONNECTING, &error))?;
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello);
        let mut connection = first(CONNECTING, COMMAND, greeting).await?;
        // It asks for EHLO again under TLS: what the server offered before may be an attacker's.
        first("STARTTLS", COMMAND, connection.starttls(tls, &self.hello)).await?;
        Ok(connection)
    }

    async fn hand_over(
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<String, Failure> {
        for recipient in envelope.to() {
            let recipient = Rcpt::new(recipient.clone(), Vec::new());
            then("RCPT TO", COMMAND, connection.command(recipient)).await?;
        }
        then("DATA", COMMAND, connection.command(Data)).await?;
        let answer = then("the message", MESSAGE, connection.message(mail)).await?;
        Ok(answer.message().collect::<Vec<_>>().join(" "))
    }

    fn waiting(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().ok()?.pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < IDLE
        {
            idle.push(connection);
        }
    }
}

fn credentials(user: &str, secret: &SecretString) -> authentication::Credentials {
    authentication::Credentials::new(user.to_owned(), secret.expose_secret().to_owned())
}

async fn read_token(path: PathBuf) -> Result<SecretString, Failure> {
    let read = blocking::run(move || config::oauth_token(&path)).await;
    let wrong = match read {
        Ok(Ok(token)) => return Ok(token),
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    Err(Failure::of_settings(
        "AUTH",
        format!("DAEMUN_MAIL_OAUTH_TOKEN_FILE: {wrong}"),
    ))
}

/// Logs in by an OAuth 2 access token (Google's XOAUTH2, which Microsoft 365 has too). Some servers explain a refusal first, and
/// refuse after an empty line.
async fn log_in_by_token(
    connection: &mut AsyncSmtpConnection,
    credentials: authentication::Credentials,
) -> Result<Response, smtp::Error> {
    let response = connection
        .command(Auth::new(Mechanism::Xoauth2, credentials, None)?)
        .await?;
    if response.has_code(334) {
        return connection.command("\r\n").await;
    }
    Ok(response)
}

/// A step before the server knows whom a message is for: its failure is no message's.
async fn first<T>(
    step: &'static str,
    deadline: Duration,
    answer: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, Failure> {
    timeout(deadline, answer)
        .await
        .map_err(|_elapsed| Failure::silence(Verdict::Unreachable, step))?
        .map_err(|error| Failure::before(step, &error))
}

/// A step that is about the message.
async fn then(
    step: &'static str,
    deadline: Duration,
    answer: impl Future<Output = Result<Response, smtp::Error>>,
) -> Result<Response, Failure> {
    timeout(deadline, answer)
        .await
        .map_err(|_elapsed| Failure::silence(Verdict::Temporary, step))?
        .map_err(|error| Failure::after(step, &error))
}

async fn farewell(mut connection: AsyncSmtpConnection) {
    let _answered = timeout(FAREWELL, connection.abort()).await;
}

impl fmt::Display for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MailServer { host, port, .. } = &self.server;
        let secrecy = match self.server.encryption {
            Encryption::Implicit => "with TLS",
            Encryption::StartTls => "with STARTTLS",
            Encryption::Off => "unencrypted",
        };
        write!(formatter, "{host} port {port}, {secrecy}")
    }
}
