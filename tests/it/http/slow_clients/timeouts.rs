//! Deadlines of heads, bodies and idle connections.

use std::{
    io::Write,
    thread,
    time::{Duration, Instant},
};

use super::{IN_TIME, POST, connect, rest_of, statuses};
use crate::support::Service;

#[test]
fn slow_heads_and_bodies_time_out_while_others_are_served() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let bearer = format!("Authorization: Bearer {}\r\n", minji.token);
    let cases = [
        // No bytes, half a head, and half a body: of a route that reads one, and of routes that do not.
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
                let (response, took) = rest_of(stream);
                let status = statuses(&response).first().copied().unwrap_or_default();
                assert!(expected.contains(&status), "{bytes}\n{response}");
                assert!(took < IN_TIME);
            });
        }
        for _time in 0..20 {
            service.get("/me").bearer(&minji.token).send().assert(200);
        }
    });
}

#[test]
fn an_idle_connection_ends_after_the_configured_time() {
    // The default is 75 seconds.
    let service = Service::start_with(&[("DAEMUN_KEEP_ALIVE", "5s")]);
    let stream = connect(
        &service,
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    let (response, took) = rest_of(stream);
    assert_eq!(statuses(&response), ["200"]);
    assert!(took < IN_TIME, "{took:?}");
}

/// One byte every half a second resets no deadline.
#[test]
fn trickled_bytes_reset_no_deadline() {
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
                    // A parked thread, so that the wait ends with the test.
                    while drip.write_all(b" ").is_ok() && since.elapsed() < IN_TIME {
                        thread::park_timeout(Duration::from_millis(500));
                    }
                });
                let (response, _) = rest_of(stream);
                assert!(
                    since.elapsed() < IN_TIME,
                    "{bytes} took {:?}",
                    since.elapsed()
                );
                assert_eq!(statuses(&response), [*expected], "{bytes}\n{response}");
                trickling.thread().unpark();
                trickling.join().unwrap();
            });
        }
    });
}

#[test]
fn many_idle_connections_do_not_block_requests() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let idle: Vec<_> = (0..200)
        .map(|_| connect(&service, b"GET /me HTTP/1.1\r\n"))
        .collect();
    service.get("/me").bearer(&minji.token).send().assert(200);
    drop(idle);
}
