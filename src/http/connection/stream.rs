//! A client's connection that withholds from Actix the bytes that it must not read.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::rt::{
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Framing, FramingEnd};

/// The time for which a connection stays open after its last response. Closing a socket with unread
/// bytes resets it, and the reset can overtake the response (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(1);

/// The maximum number of bytes that are discarded in that time.
const MAX_DISCARDED: usize = 256 * 1024;

/// A TCP connection that ends with its last request.
pub struct ClientStream {
    socket: TcpStream,
    framing: Framing,
    discarded: usize,
    linger: Option<Pin<Box<Sleep>>>,
}

impl ClientStream {
    /// Wraps a new connection.
    pub fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            framing: Framing::default(),
            discarded: 0,
            linger: None,
        }
    }

    /// Discards bytes until the client has closed its side.
    fn discard(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scratch = [0; 4096];
        while self.discarded < MAX_DISCARDED {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut self.socket).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.discarded += buffer.filled().len();
        }
        Poll::Pending
    }
}

impl AsFd for ClientStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.framing.end() {
            None => {}
            Some(FramingEnd::Complete) => return self.discard(context),
            Some(FramingEnd::Malformed) => return Poll::Ready(Ok(())),
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(context, buffer))?;
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        let used = self.framing.advance(fresh);
        buffer.set_filled(before + used);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.framing.end().is_none() {
            return Pin::new(&mut self.socket).poll_shutdown(context);
        }
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.socket).poll_shutdown(context))?;
            self.linger = Some(Box::pin(sleep(LINGER)));
        }
        let is_over = self
            .linger
            .as_mut()
            .is_none_or(|linger| linger.as_mut().poll(context).is_ready());
        if is_over {
            return Poll::Ready(Ok(()));
        }
        self.discard(context)
    }
}
