//! Slow, broken and hostile clients: each connection ends in time, and other clients are served.

mod hostile;
mod timeouts;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::support::Service;

/// Heads and bodies have ten seconds. The rest allows for a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);

/// Reads until the connection is closed. Returns the text and the time.
fn rest_of(mut stream: TcpStream) -> (String, Duration) {
    let since = Instant::now();
    stream.set_read_timeout(Some(IN_TIME)).unwrap();
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        Ok(_closed) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    (String::from_utf8(response).unwrap(), since.elapsed())
}

fn connect(service: &Service, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

fn statuses(responses: &str) -> Vec<&str> {
    responses
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|response| &response[..3])
        .collect()
}

const POST: &str = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
