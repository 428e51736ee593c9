//! A connection to a mail server that starts as plain text and discards that text at STARTTLS.
//!
//! lettre reads responses through a buffer and continues to read from it after the handshake. Text
//! that an attacker inserts after the response to STARTTLS would then pass as the server's, sent
//! under TLS (CVE-2021-38371 and CVE-2011-0411 are of this kind; RFC 3207 section 4.2 requires the
//! client to discard what came before TLS).

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// The first byte of a TLS handshake record (RFC 8446 section 5.1), which begins no SMTP command.
const HANDSHAKE: u8 = 22;

/// A connection that returns plain text byte by byte, so that nothing after a response is buffered.
#[derive(Debug)]
pub(super) struct PlainText {
    stream: TcpStream,
    is_over: bool,
}

impl PlainText {
    /// Connects to the first of the server's addresses that accepts within `deadline`.
    pub(super) async fn connect(host: &str, port: u16, deadline: Duration) -> io::Result<Self> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in lookup_host((host, port)).await? {
            match timeout(deadline, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    return Ok(Self {
                        stream,
                        is_over: false,
                    });
                }
                Ok(Err(error)) => failure = error,
                Err(_elapsed) => failure = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failure)
    }

    /// Fails if unread text arrived before the handshake. The handshake itself rejects later text.
    fn end(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.is_over = true;
        let mut byte = [0];
        match self.stream.poll_peek(context, &mut ReadBuf::new(&mut byte)) {
            Poll::Ready(Ok(1..)) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "plain text after the response, which an attacker may have sent",
            )),
            Poll::Ready(_) | Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for PlainText {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut one))?;
        buffer.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PlainText {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.is_over && bytes.first() == Some(&HANDSHAKE) {
            self.end(context)?;
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for PlainText {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
