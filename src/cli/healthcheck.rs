//! `daemun healthcheck`: requests `/readyz` from the service on this machine.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::runtime::CommandResult;
use crate::config::Config;

/// The time limit for connecting and for the response's first bytes, together.
const DEADLINE: Duration = Duration::from_secs(2);

/// The number of bytes up to and including the status code.
const STATUS_LINE: usize = "HTTP/1.1 200".len();

/// Succeeds if `/readyz` below the base path responds with 200 at the address that the service
/// listens on.
pub(super) fn run(config: &Config) -> CommandResult {
    let address = reachable(config.server.listen);
    let path = format!("{}/readyz", config.server.base_path);
    match status(address, &path) {
        Ok(response) if response.ends_with(b" 200") => Ok(()),
        Ok(response) => Err(format!(
            "{address} responded with {}",
            String::from_utf8_lossy(&response)
        )
        .into()),
        Err(error) => Err(format!("{address} did not respond: {error}").into()),
    }
}

fn status(address: SocketAddr, path: &str) -> std::io::Result<[u8; STATUS_LINE]> {
    let started = Instant::now();
    let mut stream = TcpStream::connect_timeout(&address, DEADLINE)?;
    let left = DEADLINE
        .saturating_sub(started.elapsed())
        .max(Duration::from_millis(1));
    stream.set_read_timeout(Some(left))?;
    stream.set_write_timeout(Some(left))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut response = [0; STATUS_LINE];
    stream.read_exact(&mut response)?;
    Ok(response)
}

/// Returns an address of this machine at which a service that listens on every address responds.
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
