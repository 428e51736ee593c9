//! Clients that are slow, broken or hostile: each connection ends in time, and everybody else is served.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::support::{PASSWORD, Service};

/// Heads and bodies have ten seconds; the rest is for a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);

/// What came back until the connection was closed, and after how long.
fn rest_of(mut stream: TcpStream) -> (String, Duration) {
    let since = Instant::now();
    stream.set_read_timeout(Some(IN_TIME)).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_closed) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    (String::from_utf8(answer).unwrap(), since.elapsed())
}

fn connect(service: &Service, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

/// The whole conversation of a client that says this and then listens.
fn conversation(service: &Service, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    // Who is refused before the end may find the connection closed.
    let _refused_early = stream.write_all(bytes);
    rest_of(stream).0
}

fn statuses(answers: &str) -> Vec<&str> {
    answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect()
}

const POST: &str = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

#[test]
fn slow_heads_and_bodies_end_while_others_are_served() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let bearer = format!("Authorization: Bearer {}\r\n", minji.token);
    let cases = [
        // Nothing at all, half a head, half a body: of a route that reads one, and of routes that do not.
        (String::new(), &["408", ""][..]),
        ("GET /me HTTP/1.1\r\nHost: loc".to_owned(), &["408"]),
        (format!("{POST}Content-Length: 100\r\n\r\n{{"), &["408"]),
        (
            "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{".to_owned(),
            &["404"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nHost: x\r\n{bearer}Content-Length: 100\r\n\r\n{{"),
            &["200"],
        ),
        (
            "POST /logout HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{".to_owned(),
            &["401"],
        ),
    ];
    thread::scope(|scope| {
        for (bytes, expected) in &cases {
            let stream = connect(&service, bytes.as_bytes());
            scope.spawn(move || {
                let (answer, took) = rest_of(stream);
                let status = statuses(&answer).first().copied().unwrap_or_default();
                assert!(expected.contains(&status), "{bytes}\n{answer}");
                assert!(took < IN_TIME);
            });
        }
        for _time in 0..20 {
            service.get("/me").bearer(&minji.token).send().assert(200);
        }
    });
}

#[test]
fn an_idle_connection_ends_when_the_setting_says() {
    // Without it, 75 seconds.
    let service = Service::start_with(&[("DAEMUN_KEEP_ALIVE", "5s")]);
    let stream = connect(
        &service,
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    let (answer, took) = rest_of(stream);
    assert_eq!(statuses(&answer), ["200"]);
    assert!(took < IN_TIME, "{took:?}");
}

/// One byte a second resets no deadline.
#[test]
fn a_trickle_is_no_life() {
    let service = Service::start();
    let cases = [
        ("GET /healthz HTTP/1.1\r\nX-Slow: ".to_owned(), "408"),
        (format!("{POST}Content-Length: 100\r\n\r\n{{"), "408"),
        (
            "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n".to_owned(),
            "404",
        ),
    ];
    thread::scope(|scope| {
        for (bytes, expected) in &cases {
            let stream = connect(&service, bytes.as_bytes());
            let mut drip = stream.try_clone().unwrap();
            drip.set_nodelay(true).unwrap();
            scope.spawn(move || {
                let since = Instant::now();
                let trickling = thread::spawn(move || {
                    // Paced by a socket that nobody writes to: a wait that ends with the test.
                    while drip.write_all(b" ").is_ok() && since.elapsed() < IN_TIME {
                        thread::park_timeout(Duration::from_millis(500));
                    }
                });
                let (answer, _) = rest_of(stream);
                assert!(
                    since.elapsed() < IN_TIME,
                    "{bytes} took {:?}",
                    since.elapsed()
                );
                assert_eq!(statuses(&answer), [*expected], "{bytes}\n{answer}");
                trickling.thread().unpark();
                trickling.join().unwrap();
            });
        }
    });
}

#[test]
fn what_is_no_request_is_refused_and_closed() {
    let service = Service::start();
    let long = "x".repeat(200_000);
    let many = "X-Many: y\r\n".repeat(200);
    let large = format!("X-Large: {}\r\n", "y".repeat(20_000));
    for (bytes, expected) in [
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            &["400"][..],
        ),
        (b"\xff\xfe\xfd\r\n\r\n".to_vec(), &["400"]),
        (
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            &["400", "405", "404", "505"],
        ),
        (
            b"GET /me HTTP/3.0\r\nHost: x\r\n\r\n".to_vec(),
            &["400", "505"],
        ),
        (b"GET  /me HTTP/1.1\r\n\r\n".to_vec(), &["400"]),
        (b"GET /me HTTP/1.1\r\nNo colon\r\n\r\n".to_vec(), &["400"]),
        (
            b"GET /me HTTP/1.1\r\nBad name : x\r\n\r\n".to_vec(),
            &["400"],
        ),
        (b"GET /me HTTP/1.1\r\nX: a\x00b\r\n\r\n".to_vec(), &["400"]),
        (
            format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes(),
            &["400", "414", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nX: {long}\r\n\r\n").into_bytes(),
            &["400", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes(),
            &["400", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{large}\r\n").into_bytes(),
            &["431"],
        ),
    ] {
        let answers = conversation(&service, &bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert_eq!(statuses(&answers).len(), 1, "{shown:?}: {answers}");
        assert!(
            expected.contains(&statuses(&answers)[0]),
            "{shown:?}: {answers}"
        );
    }
    service.get("/readyz").send().assert(200);
}

#[test]
fn framing_that_two_parties_could_read_differently_is_refused() {
    let service = Service::start();
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length : 5\r\n",
    ] {
        let bytes = format!("{POST}{headers}\r\n0\r\n\r\n{smuggled}");
        let answers = conversation(&service, bytes.as_bytes());
        assert_eq!(statuses(&answers), ["400"], "{headers:?}: {answers}");
    }
    service.get("/readyz").send().assert(200);
}

#[test]
fn a_client_that_shuts_its_side_gets_its_answer() {
    let service = Service::start();
    let body = format!("{{\"identifier\":\"nobody\",\"password\":\"{PASSWORD}\"}}");
    let bytes = format!("{POST}Content-Length: {}\r\n\r\n{body}", body.len());
    let stream = connect(&service, bytes.as_bytes());
    stream.shutdown(Shutdown::Write).unwrap();
    let (answer, _) = rest_of(stream);
    assert_eq!(statuses(&answer), ["401"], "{answer}");
}

#[test]
fn a_client_that_goes_away_in_the_middle_is_forgotten() {
    let service = Service::start();
    for cut in [
        "",
        "GET",
        "GET /me HTTP/1.1\r\nHost:",
        &format!("{POST}Content-Length: 50\r\n\r\n{{\"ide"),
    ] {
        let stream = connect(&service, cut.as_bytes());
        stream.shutdown(Shutdown::Write).unwrap();
        let (answer, _) = rest_of(stream);
        let is_refusal = statuses(&answer)
            .iter()
            .all(|status| matches!(*status, "400" | "408"));
        assert!(is_refusal, "{cut}: {answer}");
        drop(connect(&service, cut.as_bytes()));
    }
    service.get("/readyz").send().assert(200);
    assert!(!service.log().contains("panicked"));
}

#[test]
fn requests_in_one_go_are_answered_in_their_order() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let me = format!(
        "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        minji.token
    );
    let body = "{\"identifier\":\"nobody\",\"password\":\"x\"}";
    let log_in = format!("{POST}Content-Length: {}\r\n\r\n{body}", body.len());
    let last = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = conversation(&service, format!("{me}{log_in}{me}{last}").as_bytes());
    assert_eq!(
        statuses(&answers),
        ["200", "401", "200", "404"],
        "{answers}"
    );
}

#[test]
fn an_unread_body_is_never_taken_for_the_next_request() {
    let service = Service::start();
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in ["POST /nowhere", "GET /me", "POST /logout", "PUT /login"] {
        let length = hidden.len();
        let bytes = format!(
            "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{hidden}"
        );
        let answers = conversation(&service, bytes.as_bytes());
        assert_eq!(statuses(&answers).len(), 1, "{head}: {answers}");
        assert!(!statuses(&answers).contains(&"200"), "{head}: {answers}");
    }
}

#[test]
fn many_idle_connections_leave_room_for_work() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let idle: Vec<_> = (0..200)
        .map(|_| connect(&service, b"GET /me HTTP/1.1\r\n"))
        .collect();
    service.get("/me").bearer(&minji.token).send().assert(200);
    drop(idle);
}
