//! Clients that cost the machine little, because they share it with the service: kept connections, prepared bytes, and a thread
//! each that sleeps while it waits; it must not know what is measured.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A kept connection and the request that is sent through it again and again.
pub struct Client {
    stream: TcpStream,
    request: Vec<u8>,
}

/// What came back, how long that took, and when it was there, counted from the beginning of the measuring.
#[derive(Clone, Copy)]
pub struct Answer {
    pub status: u16,
    pub latency: Duration,
    pub at: Duration,
    /// Whether it is its client's first: in a closed loop all of them ask at the same moment then, and nobody is before them.
    pub is_first: bool,
}

impl Client {
    pub fn connect(address: SocketAddr, request: Vec<u8>) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, request }
    }

    /// Asks and waits for the answer's status.
    fn ask(&mut self) -> u16 {
        self.stream.write_all(&self.request).unwrap();
        let mut answer = [0; 4096];
        // Answers are far smaller than a segment, so each arrives in one piece; the rest of one would be no status line.
        let length = self.stream.read(&mut answer).unwrap();
        let status = answer[..length].strip_prefix(b"HTTP/1.1 ");
        let status = status.and_then(|rest| std::str::from_utf8(rest.get(..3)?).ok());
        status.and_then(|digits| digits.parse().ok()).unwrap()
    }
}

/// Each client asks again as soon as it is answered. Who waits when the time is over still gets the answer.
pub fn closed_loop(clients: &mut [Client], span: Duration) -> Vec<Answer> {
    let begin = Instant::now();
    each(clients, |client| {
        let mut answers = Vec::new();
        while begin.elapsed() < span {
            let asked = Instant::now();
            let status = client.ask();
            let (latency, at) = (asked.elapsed(), begin.elapsed());
            answers.push(Answer {
                status,
                latency,
                at,
                is_first: answers.is_empty(),
            });
        }
        answers
    })
}

/// Requests that are due at equal distances, each sent by whichever client is free. Latency counts from the time that a request
/// was due, so a stall delays all that were due during it and can't hide.
pub fn open_loop(clients: &mut [Client], per_second: u32, span: Duration) -> Vec<Answer> {
    let (begin, next) = (Instant::now(), AtomicU32::new(0));
    each(clients, |client| {
        let mut answers = Vec::new();
        loop {
            let due = Duration::from_secs(1) / per_second * next.fetch_add(1, Ordering::Relaxed);
            if due >= span {
                return answers;
            }
            thread::sleep(due.saturating_sub(begin.elapsed()));
            let status = client.ask();
            let at = begin.elapsed();
            let latency = at.saturating_sub(due);
            answers.push(Answer {
                status,
                latency,
                at,
                is_first: answers.is_empty(),
            });
        }
    })
}

fn each(clients: &mut [Client], ask: impl Fn(&mut Client) -> Vec<Answer> + Sync) -> Vec<Answer> {
    let ask = &ask;
    thread::scope(|scope| {
        let clients = clients.iter_mut();
        let threads: Vec<_> = clients
            .map(|client| scope.spawn(move || ask(client)))
            .collect();
        let answers = threads.into_iter().map(|thread| thread.join().unwrap());
        answers.flatten().collect()
    })
}
