//! The connection of the test's mail server with one client, plain or over TLS.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(super) enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
    Gone,
}

impl Stream {
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }

    /// Starts TLS.
    pub(super) fn encrypt(&mut self, config: &Arc<ServerConfig>) -> io::Result<()> {
        let Self::Plain(stream) = std::mem::replace(self, Self::Gone) else {
            panic!("it is encrypted already");
        };
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        stream.conn.complete_io(&mut stream.sock)?;
        *self = Self::Encrypted(Box::new(stream));
        Ok(())
    }

    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\r\n");
        match self {
            Self::Plain(stream) => stream.write_all(line.as_bytes()),
            Self::Encrypted(stream) => stream.write_all(line.as_bytes()),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Reads one line. Returns it without its line break.
    pub(super) fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            match self {
                Self::Plain(stream) => stream.read_exact(&mut byte)?,
                Self::Encrypted(stream) => stream.read_exact(&mut byte)?,
                Self::Gone => return Err(io::ErrorKind::NotConnected.into()),
            }
            line.extend(byte);
        }
        let line = String::from_utf8(line).expect("all of it is ASCII");
        Ok(line.trim_end_matches("\r\n").to_owned())
    }
}
