//! `daemun healthcheck`

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::Outcome;
use crate::config::Config;

/// How long the answer may take altogether.
const DEADLINE: Duration = Duration::from_secs(2);

/// Bytes of the answer that tell whether it is 200.
const STATUS_LINE: usize = "HTTP/1.1 200".len();

/// Asks `/readyz` at the port that the service listens on.
pub(super) fn run(config: &Config) -> Outcome {
    let address = reachable(config.server.listen);
    match status(address) {
        Ok(answer) if answer.ends_with(b" 200") => Ok(()),
        Ok(answer) => {
            Err(format!("{address} answered {}", String::from_utf8_lossy(&answer)).into())
        }
        Err(error) => Err(format!("{address} did not answer: {error}").into()),
    }
}

fn status(address: SocketAddr) -> std::io::Result<[u8; STATUS_LINE]> {
    let started = Instant::now();
    let mut stream = TcpStream::connect_timeout(&address, DEADLINE)?;
    let left = DEADLINE
        .saturating_sub(started.elapsed())
        .max(Duration::from_millis(1));
    stream.set_read_timeout(Some(left))?;
    stream.set_write_timeout(Some(left))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; STATUS_LINE];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

/// Where a service that listens on every address can be asked from its own machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let loopback = match listen {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let ip = if listen.ip().is_unspecified() {
        loopback
    } else {
        listen.ip()
    };
    SocketAddr::new(ip, listen.port())
}
