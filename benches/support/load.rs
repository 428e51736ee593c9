//! HTTP clients that use little CPU time, because they share the machine with the service: kept
//! connections, prepared bytes, and one thread each that sleeps while it waits.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::time::millis;

/// A kept connection and the request that is sent on it repeatedly.
pub struct Client {
    stream: TcpStream,
    request: Vec<u8>,
}

/// The status and timing of one response.
#[derive(Clone, Copy)]
pub struct Response {
    pub status: u16,
    pub latency: Duration,
    /// The time since the start of the measurement.
    pub at: Duration,
    /// Set for the first response of a client. In a closed loop all first requests start at the
    /// same moment, with an empty queue ahead of them.
    pub is_first: bool,
}

impl Client {
    pub fn connect(address: SocketAddr, request: Vec<u8>) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, request }
    }

    /// Sends the request and waits for the status.
    fn send(&mut self) -> u16 {
        self.stream.write_all(&self.request).unwrap();
        let mut buffer = [0; 4096];
        // Responses are far smaller than a segment, so each arrives in one piece. A remainder would
        // not begin with a status line.
        let length = self.stream.read(&mut buffer).unwrap();
        let status = buffer[..length].strip_prefix(b"HTTP/1.1 ");
        let status = status.and_then(|rest| std::str::from_utf8(rest.get(..3)?).ok());
        status.and_then(|digits| digits.parse().ok()).unwrap()
    }
}

/// Runs a closed loop: each client sends its next request after a response. Requests in flight at
/// the end still get a response.
pub fn closed_loop(clients: &mut [Client], span: Duration) -> Vec<Response> {
    let begin = Instant::now();
    run(clients, |client| {
        let mut responses = Vec::new();
        while begin.elapsed() < span {
            let sent = Instant::now();
            let status = client.send();
            let (latency, at) = (sent.elapsed(), begin.elapsed());
            responses.push(Response {
                status,
                latency,
                at,
                is_first: responses.is_empty(),
            });
        }
        responses
    })
}

/// Runs an open loop: requests are due at equal intervals, and any free client sends the next one.
/// The latency counts from the time at which a request is due. So a stall delays all requests that
/// are due during it, and cannot hide.
pub fn open_loop(clients: &mut [Client], per_second: u32, span: Duration) -> Vec<Response> {
    let (begin, next) = (Instant::now(), AtomicU32::new(0));
    run(clients, |client| {
        let mut responses = Vec::new();
        loop {
            let due = Duration::from_secs(1) / per_second * next.fetch_add(1, Ordering::Relaxed);
            if due >= span {
                return responses;
            }
            thread::sleep(due.saturating_sub(begin.elapsed()));
            let status = client.send();
            let at = begin.elapsed();
            let latency = at.saturating_sub(due);
            responses.push(Response {
                status,
                latency,
                at,
                is_first: responses.is_empty(),
            });
        }
    })
}

fn run(
    clients: &mut [Client],
    work: impl Fn(&mut Client) -> Vec<Response> + Sync,
) -> Vec<Response> {
    let work = &work;
    thread::scope(|scope| {
        let clients = clients.iter_mut();
        let threads: Vec<_> = clients
            .map(|client| scope.spawn(move || work(client)))
            .collect();
        let responses = threads.into_iter().map(|thread| thread.join().unwrap());
        responses.flatten().collect()
    })
}

/// Returns the number of responses that meet a condition.
pub fn count(responses: &[Response], is_counted: impl Fn(&Response) -> bool) -> u32 {
    let responses = responses.iter().filter(|response| is_counted(response));
    u32::try_from(responses.count()).unwrap()
}

/// Formats percentiles of the latency, in milliseconds, as columns.
pub fn latencies<const N: usize>(responses: &[Response], percents: [usize; N]) -> String {
    let mut times: Vec<_> = responses.iter().map(|response| response.latency).collect();
    times.sort();
    let place = |percent| times.len().saturating_sub(1) * percent / 100;
    let time = |percent| {
        times
            .get(place(percent))
            .map_or(f64::NAN, |time| millis(*time))
    };
    percents
        .map(|percent| format!("{:8.2}", time(percent)))
        .join(" | ")
}
