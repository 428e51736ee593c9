//! Latency, throughput and CPU time of a service on one of the databases.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    super::{account, cpu_time::CpuTime, postgres::Cluster, server::Server, time::millis},
    subject::Subject,
};

/// Rounds, and the requests to each database per round: multiples of four, after which the order of
/// the databases is the first again.
pub const ROUNDS: u32 = 8;
const LOGINS: u32 = 48;
const VISITS: u32 = 252;

/// Clients of the closed loop that measures throughput.
const CLIENTS: u32 = 8;
const SPAN: Duration = Duration::from_secs(2);

/// Requests over which CPU time is counted.
const COUNTED: u32 = 1_000;

/// A running service on a database, and its measurements.
pub struct Measurement<'s> {
    subject: &'s Subject,
    server: Server,
    client: TcpStream,
    visits: Vec<Vec<u8>>,
    login_times: Vec<Duration>,
    visit_times: Vec<Duration>,
    rates: Vec<f64>,
}

/// Sends one request to each service in turn, and rotates the order. So a noisy neighbour and the
/// shared disk affect all alike.
pub fn take_turns(measurements: &mut [Measurement<'_>], round: u32) {
    for place in 0..LOGINS {
        for measurement in measurements.iter_mut() {
            // Each time a different account, spread over all accounts.
            let person = measurement
                .subject
                .person(place * ROUNDS + round, LOGINS * ROUNDS);
            let time = timed(&mut measurement.client, &log_in(&person));
            measurement.login_times.push(time);
        }
        measurements.rotate_left(1);
    }
    for place in 0..VISITS {
        for measurement in measurements.iter_mut() {
            let request = &measurement.visits[usize::try_from(place).unwrap()];
            let time = timed(&mut measurement.client, request);
            measurement.visit_times.push(time);
        }
        measurements.rotate_left(1);
    }
}

/// Medians in milliseconds, and requests per second.
pub struct Figures {
    pub login: f64,
    pub visit: f64,
    pub rate: f64,
}

impl<'s> Measurement<'s> {
    /// Starts the service, and logs in the accounts whose `GET /me` is measured.
    pub fn new(subject: &'s Subject) -> Self {
        let server = subject.serve();
        let visits = (0..VISITS).map(|place| {
            let body = json!({ "identifier": subject.person(place, VISITS), "password": account::PASSWORD });
            let response = ureq::post(&format!("http://{}/login", server.address)).send_json(&body);
            let response: serde_json::Value = response.unwrap().into_body().read_json().unwrap();
            account::me(response["session"]["token"].as_str().unwrap())
        });
        let visits = visits.collect();
        let client = TcpStream::connect(server.address).unwrap();
        client.set_nodelay(true).unwrap();
        Self {
            subject,
            visits,
            client,
            server,
            login_times: Vec::new(),
            visit_times: Vec::new(),
            rates: Vec::new(),
        }
    }

    /// Measures the throughput of `GET /me` in a closed loop, and keeps it.
    pub fn measure_rate(&mut self) {
        let run = |first: u32| {
            let mut client = TcpStream::connect(self.server.address).unwrap();
            client.set_nodelay(true).unwrap();
            let requests = self
                .visits
                .iter()
                .cycle()
                .skip(usize::try_from(first * 31).unwrap());
            let started = Instant::now();
            let responses = requests
                .take_while(|_| started.elapsed() < SPAN)
                .map(|request| timed(&mut client, request));
            u32::try_from(responses.count()).unwrap()
        };
        let run = &run;
        let responses: u32 = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|first| scope.spawn(move || run(first)))
                .collect();
            clients
                .into_iter()
                .map(|client| client.join().unwrap())
                .sum()
        });
        self.rates.push(f64::from(responses) / SPAN.as_secs_f64());
    }

    /// Prints a row of the table and returns its figures.
    pub fn finish(mut self) -> Figures {
        self.rates.sort_by(f64::total_cmp);
        let rate = self.rates[self.rates.len() / 2];
        let [login, slow_login] = percentiles(&mut self.login_times);
        let [visit, slow_visit] = percentiles(&mut self.visit_times);
        println!(
            "| {:<10} | {:>9} | {login:>10.2} | {slow_login:>8.2} | {visit:>9.3} | {slow_visit:>8.3} | {rate:>14.0} |",
            self.subject.kind.name(),
            self.subject.size
        );
        Figures { login, visit, rate }
    }
}

impl Measurement<'_> {
    /// Prints the CPU time per login and per `GET /me`, of the service and of PostgreSQL.
    pub fn print_cpu_times(&self, cluster: &Cluster) {
        let logins = (0..COUNTED).map(|place| log_in(&self.subject.person(place, COUNTED)));
        let visits = self.visits.iter().cycle().take(COUNTED.try_into().unwrap());
        self.print_cpu_time("login", logins, cluster);
        self.print_cpu_time("GET /me", visits.cloned(), cluster);
    }

    fn print_cpu_time(
        &self,
        what: &str,
        requests: impl Iterator<Item = Vec<u8>>,
        cluster: &Cluster,
    ) {
        let mut client = TcpStream::connect(self.server.address).unwrap();
        client.set_nodelay(true).unwrap();
        let before = (CpuTime::of(&self.server), cluster_cpu_time(cluster));
        for request in requests {
            timed(&mut client, &request);
        }
        let service = (CpuTime::of(&self.server) - before.0).rest / COUNTED;
        let postgres = cluster_cpu_time(cluster).saturating_sub(before.1) / COUNTED;
        println!(
            "{:<10} {what:<8} {:>7.3} {:>7.3}",
            self.subject.kind.name(),
            millis(service),
            millis(postgres)
        );
    }
}

/// Returns the CPU time of all PostgreSQL processes that still run.
fn cluster_cpu_time(cluster: &Cluster) -> Duration {
    let first_line = fs::read_to_string(cluster.data.join("postmaster.pid")).unwrap();
    let postmaster = first_line.lines().next().unwrap().trim();
    let processes = fs::read_dir("/proc").unwrap();
    let nanos = processes.filter_map(|entry| {
        let process = entry.unwrap().path();
        // The program name may contain anything, but is in parentheses. State and parent follow it.
        let status = fs::read_to_string(process.join("stat")).ok()?;
        let parent = status.rsplit(')').next()?.split_whitespace().nth(1)?;
        if parent != postmaster && !process.ends_with(postmaster) {
            return None;
        }
        let statistics = fs::read_to_string(process.join("schedstat")).ok()?;
        statistics.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

fn percentiles(times: &mut [Duration]) -> [f64; 2] {
    times.sort();
    [50, 99].map(|percent| millis(times[(times.len() - 1) * percent / 100]))
}

fn log_in(person: &str) -> Vec<u8> {
    let body = json!({ "identifier": person, "password": account::PASSWORD }).to_string();
    format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends a request on a kept connection and returns the latency. Responses are far smaller than a
/// segment, so each arrives in one piece.
fn timed(client: &mut TcpStream, request: &[u8]) -> Duration {
    let sent = Instant::now();
    client.write_all(request).unwrap();
    let mut buffer = [0; 4096];
    let length = client.read(&mut buffer).unwrap();
    let taken = sent.elapsed();
    assert!(
        buffer[..length].starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&buffer[..length])
    );
    taken
}
