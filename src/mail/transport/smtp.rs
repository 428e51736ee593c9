//! The transport that sends messages to a mail server (RFC 5321), each step with a deadline.

use std::{fmt, sync::Mutex, time::Duration};

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        self,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
        response::Response,
    },
};
use tokio::time::timeout;

use super::{
    authentication::{log_in, reply_to, warn_of_unusable_token},
    starttls::PlainText,
};
use crate::{
    config::{Encryption, MailServer},
    mail::error::{MailConfigError, SendError, SendErrorKind},
};

/// The time for each of the server's addresses to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The time for the reply to a command.
const COMMAND: Duration = Duration::from_secs(30);

/// The time for the reply to a message: a client that gives up before the reply sends the message
/// twice (RFC 5321, section 4.5.3.2.6).
const MESSAGE: Duration = Duration::from_mins(10);

/// The time for the reply to QUIT.
const QUIT: Duration = Duration::from_secs(2);

const CONNECTING: &str = "connecting";

/// Idle connections at most.
const IDLE: usize = 4;

/// A server, and the idle connections to it.
pub(crate) struct Smtp {
    server: MailServer,
    tls: Option<TlsParameters>,
    hello: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Smtp {
    /// Creates the transport. The EHLO name is the sender's domain: a container has no name that
    /// means anything outside.
    pub(super) fn new(server: &MailServer, domain: &str) -> Result<Self, MailConfigError> {
        let tls = match server.encryption {
            Encryption::Implicit | Encryption::StartTls => {
                Some(TlsParameters::new(server.host.clone()).map_err(MailConfigError::Tls)?)
            }
            Encryption::Off => None,
        };
        if let Some(credentials) = &server.credentials {
            warn_of_unusable_token(credentials);
        }
        Ok(Self {
            server: server.clone(),
            tls,
            hello: ClientId::Domain(domain.to_owned()),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Sends a message. Returns the server's reply.
    pub(super) async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<String, SendError> {
        let mut connection = self.ready(envelope.from()).await?;
        let sent = Self::transmit(&mut connection, envelope, mail).await;
        match &sent {
            Ok(_) => self.keep(connection),
            Err(_) => quit(connection).await,
        }
        sent
    }

    /// Closes the idle connections.
    pub(super) async fn close_idle(&self) {
        while let Some(connection) = self.take_idle() {
            quit(connection).await;
        }
    }

    /// Returns a connection on which the server has accepted MAIL FROM. The server may have closed
    /// an idle one meanwhile, so an error on that is ignored.
    async fn ready(&self, from: Option<&Address>) -> Result<AsyncSmtpConnection, SendError> {
        let sender = || Mail::new(from.cloned(), Vec::new());
        if let Some(mut idle) = self.take_idle()
            && let Ok(Ok(_)) = timeout(COMMAND, idle.command(sender())).await
        {
            return Ok(idle);
        }
        let mut connection = self.open().await?;
        reply_to("MAIL FROM", COMMAND, connection.command(sender())).await?;
        Ok(connection)
    }

    /// Opens a connection, encrypted and logged in as the settings say.
    async fn open(&self) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = match (&self.tls, self.server.encryption) {
            (Some(tls), Encryption::StartTls) => self.open_by_starttls(tls.clone()).await?,
            (tls, _) => {
                let address = (self.server.host.as_str(), self.server.port);
                let (hello, tls) = (&self.hello, tls.clone());
                let connecting =
                    AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), hello, tls, None);
                reply_to(CONNECTING, CONNECT + COMMAND, connecting).await?
            }
        };
        if let Some(credentials) = &self.server.credentials {
            log_in(&mut connection, credentials, COMMAND).await?;
        }
        Ok(connection)
    }

    async fn open_by_starttls(&self, tls: TlsParameters) -> Result<AsyncSmtpConnection, SendError> {
        let MailServer { host, port, .. } = &self.server;
        let connecting = PlainText::connect(host, *port, CONNECT);
        let stream = timeout(CONNECT + COMMAND, connecting)
            .await
            .map_err(|_elapsed| SendError::timeout(SendErrorKind::Unreachable, CONNECTING))?
            .map_err(|error| SendError::io(CONNECTING, &error))?;
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello);
        let mut connection = reply_to(CONNECTING, COMMAND, greeting).await?;
        // lettre sends EHLO again under TLS: an attacker may have written the offers before it.
        reply_to("STARTTLS", COMMAND, connection.starttls(tls, &self.hello)).await?;
        Ok(connection)
    }

    async fn transmit(
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<String, SendError> {
        for recipient in envelope.to() {
            let recipient = Rcpt::new(recipient.clone(), Vec::new());
            message_step("RCPT TO", COMMAND, connection.command(recipient)).await?;
        }
        message_step("DATA", COMMAND, connection.command(Data)).await?;
        let reply = message_step("the message", MESSAGE, connection.message(mail)).await?;
        Ok(reply.message().collect::<Vec<_>>().join(" "))
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
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

/// Awaits a step that concerns the message.
async fn message_step(
    step: &'static str,
    deadline: Duration,
    reply: impl Future<Output = Result<Response, smtp::Error>>,
) -> Result<Response, SendError> {
    timeout(deadline, reply)
        .await
        .map_err(|_elapsed| SendError::timeout(SendErrorKind::Temporary, step))?
        .map_err(|error| SendError::of_message(step, &error))
}

async fn quit(mut connection: AsyncSmtpConnection) {
    let _replied = timeout(QUIT, connection.abort()).await;
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
