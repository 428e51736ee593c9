//! A stop finishes requests in flight, accepts no new ones and leaves the database consistent,
//! within seconds.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{Home, PASSWORD, Service};

/// Less than any wait for a client. An orchestrator allows ten seconds, on a machine that does not
/// run a hundred services at once.
const SECONDS: Duration = Duration::from_secs(30);

/// A cost at which a signup is still in flight when the signal comes.
const SLOW: [(&str, &str); 3] = [
    ("DAEMUN_BCRYPT_COST", "10"),
    ("DAEMUN_HASH_WORKERS", "1"),
    ("DAEMUN_HASH_DEADLINE", "60s"),
];

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A keep-alive connection with a buffered reader.
struct Kept(BufReader<TcpStream>);

impl Kept {
    fn open(service: &Service) -> Self {
        Self(BufReader::new(
            TcpStream::connect(service.address()).unwrap(),
        ))
    }

    fn send(&mut self, request: &str) {
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
    }

    /// Returns the status and the head of the next response. Its body is read and dropped.
    fn response(&mut self) -> (u16, String) {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.0.read_line(&mut head).unwrap();
            assert!(read > 0, "closed after `{head}`");
        }
        let head = head.to_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length
            .and_then(|rest| rest.split("\r\n").next())
            .map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (head[9..12].parse().unwrap(), head)
    }

    fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0; 1]) {
            Ok(read) => read == 0,
            Err(_reset) => true,
        }
    }
}

fn stops_in_time(service: &mut Service, since: Instant) {
    let status = service.wait();
    assert_eq!(status.code(), Some(0));
    assert!(since.elapsed() < SECONDS, "{:?}", since.elapsed());
    let log = service.log();
    assert!(
        log.contains("service.stopping") && log.contains("service.stopped"),
        "{log}"
    );
    assert!(
        !log.contains("\"ERROR\"") && !log.contains("panicked"),
        "{log}"
    );
}

#[test]
fn requests_in_flight_finish_on_sigterm_and_sigint() {
    thread::scope(|scope| {
        scope.spawn(|| finishes_requests_in_flight("TERM"));
        scope.spawn(|| finishes_requests_in_flight("INT"));
    });
}

fn finishes_requests_in_flight(signal: &str) {
    let mut service = Service::start_with(&SLOW);
    let names = ["ann", "ben", "cho", "dan"];
    let mut sign_ups = names.map(|name| {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        let mut kept = Kept::open(&service);
        kept.send(&request("POST", "/signup", &body.to_string()));
        kept
    });
    // After one response, the server has long accepted the other requests, which are in flight.
    let first = sign_ups[0].response().0;
    assert_eq!(first, 201);
    let since = Instant::now();
    service.signal(signal);
    for sign_up in &mut sign_ups[1..] {
        let (status, head) = sign_up.response();
        assert_eq!(status, 201, "{head}");
    }
    for sign_up in &mut sign_ups {
        assert!(sign_up.is_closed());
    }
    stops_in_time(&mut service, since);
    let service = service.kill_and_restart();
    for name in names {
        service.log_in(name);
    }
}

#[test]
fn idle_connections_do_not_delay_the_stop() {
    let mut service = Service::start();
    let mut silent = Kept::open(&service);
    let mut idle = Kept::open(&service);
    idle.send(&request("GET", "/healthz", ""));
    assert_eq!(idle.response().0, 200);
    let since = Instant::now();
    service.signal("TERM");
    assert!(idle.is_closed());
    assert!(silent.is_closed());
    stops_in_time(&mut service, since);
}

#[test]
fn a_busy_connection_gets_connection_close() {
    let mut service = Service::start();
    let mut busy = Kept::open(&service);
    let ask = request("GET", "/healthz", "");
    busy.send(&ask);
    assert_eq!(busy.response().0, 200);
    let since = Instant::now();
    service.signal("TERM");
    // A client that sends the next request as soon as it has a response.
    loop {
        if busy.0.get_mut().write_all(ask.as_bytes()).is_err() {
            break;
        }
        let mut head = String::new();
        match busy.0.read_line(&mut head) {
            Ok(read) if read > 0 => {}
            _closed => break,
        }
        assert!(since.elapsed() < SECONDS, "it is served on and on");
    }
    stops_in_time(&mut service, since);
}

#[test]
fn a_half_sent_request_does_not_delay_the_stop() {
    let mut service = Service::start();
    let mut head = Kept::open(&service);
    head.send("GET /healthz HTTP/1.1\r\nHost: loc");
    let mut body = Kept::open(&service);
    body.send("POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
    let mut done = Kept::open(&service);
    done.send(&request("GET", "/healthz", ""));
    assert_eq!(done.response().0, 200);
    let since = Instant::now();
    service.signal("TERM");
    let status = service.wait();
    assert_eq!(status.code(), Some(0));
    assert!(
        since.elapsed() < Duration::from_secs(12),
        "{:?}",
        since.elapsed()
    );
}

#[test]
fn no_new_connection_is_accepted() {
    let mut service = Service::start_with(&SLOW);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    service.signal("TERM");
    service.wait();
    let refused = service.post("/signup", &body).try_send();
    assert!(refused.is_err());
}

#[test]
fn a_stopped_sqlite_database_is_one_file() {
    let mut service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    service.get("/me").bearer(&minji.token).send().assert(200);
    assert!(service.stop().success());
    let left = fs::metadata(service.home().file().with_extension("db-wal"));
    assert!(left.is_err() || left.unwrap().len() == 0);
    // Only the file, as an operator copies it.
    let copy = Home::on_a_file();
    fs::create_dir(copy.path().join("data")).unwrap();
    fs::copy(service.home().file(), copy.path().join("data/daemun.db")).unwrap();
    let elsewhere = Service::try_start_in(&copy, &[]).unwrap();
    elsewhere.get("/me").bearer(&minji.token).send().assert(200);
}

#[test]
fn a_second_signal_does_no_harm() {
    let mut service = Service::start_with(&SLOW);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let mut kept = Kept::open(&service);
    let mut first = Kept::open(&service);
    let other = json!({ "username": "first", "email": "first@example.com", "password": PASSWORD });
    first.send(&request("POST", "/signup", &other.to_string()));
    kept.send(&request("POST", "/signup", &body.to_string()));
    assert_eq!(first.response().0, 201);
    let since = Instant::now();
    service.signal("TERM");
    service.signal("TERM");
    service.signal("INT");
    assert_eq!(kept.response().0, 201);
    stops_in_time(&mut service, since);
}
