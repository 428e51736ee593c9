//! Request framing: no bytes after a request with `Transfer-Encoding` are parsed or served
//! (CVE-2026-134342).

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use crate::support::{PASSWORD, Service};

const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// Returns a head whose body is chunked.
fn head(line: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
}

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

/// Returns a failing login as one chunk.
fn login() -> String {
    chunk(&format!(
        "{{\"identifier\":\"unknown\",\"password\":\"{PASSWORD}\"}}"
    ))
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address()).unwrap();
    let deadline = Duration::from_mins(1);
    stream.set_read_timeout(Some(deadline)).unwrap();
    stream
}

/// Reads until the service closes the connection. A reset is a failure, because it can overtake a
/// response.
fn responses(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Returns the status of each response, and whether it closes the connection.
fn seen(text: &str) -> Vec<(&str, bool)> {
    text.split("HTTP/1.1 ")
        .skip(1)
        .map(|response| {
            (
                &response[..3],
                response.contains("\r\nconnection: close\r\n"),
            )
        })
        .collect()
}

fn conversation(service: &Service, bytes: &str) -> String {
    let mut stream = connect(service);
    stream.write_all(bytes.as_bytes()).unwrap();
    responses(stream)
}

#[test]
fn a_chunked_request_is_the_last_of_its_connection_on_every_route() {
    let service = Service::start();
    let large = chunk(&"x".repeat(20_000));
    for (line, body, status) in [
        ("POST /login", login(), "401"),
        ("POST /login", chunk("{"), "400"),
        ("POST /login", large, "413"),
        ("POST /logout", login(), "401"),
        ("GET /healthz", String::new(), "200"),
        ("HEAD /healthz", String::new(), "200"),
        ("GET /me", login(), "401"),
        ("PUT /login", login(), "405"),
        ("POST /nowhere", login(), "404"),
        ("OPTIONS /login", login(), "405"),
        ("POST /login", chunk("{}"), "422"),
    ] {
        let request = format!("{}{body}0\r\n\r\n", head(line));
        let text = conversation(&service, &format!("{request}{HIDDEN}{HIDDEN}"));
        assert_eq!(seen(&text), [(status, true)], "{line}: {text}");

        let mut stream = connect(&service);
        stream.write_all(request.as_bytes()).unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
        // The service may have closed its side already.
        let _late = stream.write_all(HIDDEN.as_bytes());
        let text = format!("H{}", responses(stream));
        assert_eq!(seen(&text), [(status, true)], "{line}, later: {text}");
    }
}

#[test]
fn requests_before_a_chunked_one_are_served() {
    let service = Service::start();
    let chunked = format!("{}{}0\r\n\r\n", head("POST /login"), login());
    for before in [1, 2, 14, 40] {
        let text = conversation(
            &service,
            &format!("{}{chunked}{HIDDEN}", HIDDEN.repeat(before)),
        );
        let mut expected = vec![("200", false); before];
        expected.push(("401", true));
        assert_eq!(seen(&text), expected);
    }
}

#[test]
fn every_form_of_chunked_framing_ends_the_connection() {
    let service = Service::start();
    let data = login();
    let (size, rest) = data.split_once("\r\n").unwrap();
    for (body, status) in [
        (format!("{data}0\r\n\r\n"), "401"),
        (format!("{data}000\r\n\r\n"), "401"),
        (
            format!("{size};name=\"value\"\r\n{rest}0;last\r\n\r\n"),
            "401",
        ),
        (
            format!("{data}0\r\nA: b\r\nContent-Length: 5\r\n\r\n"),
            "401",
        ),
        // Endings of a body that a tolerant proxy accepts (the bytes of the advisory), and variants.
        (format!("{data}0\r\n\n"), "400"),
        (format!("{data}0\n\r\n"), "400"),
        (format!("{data}0\n\n"), "400"),
        (format!("{size}\n{rest}0\r\n\r\n"), "400"),
        (format!("{size};a\n{rest}0\r\n\r\n"), "400"),
        (format!("{data}0\r\nA: b\n\r\n"), "400"),
        (format!("{size}\r\n{}\n0\r\n\r\n", rest.trim_end()), "400"),
        (format!("+{data}0\r\n\r\n"), "400"),
        (format!("0x{data}0\r\n\r\n"), "400"),
        (format!("{size} 1\r\n{rest}0\r\n\r\n"), "400"),
        (String::from("ffffffffffffffff1\r\n"), "400"),
        (String::from("\r\n"), "400"),
    ] {
        let text = conversation(&service, &format!("{}{body}{HIDDEN}", head("POST /login")));
        assert_eq!(seen(&text), [(status, true)], "{body:?}: {text}");
    }
    for (version, lines) in [
        ("1.0", "Transfer-Encoding: chunked\r\n"),
        ("1.1", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        (
            "1.1",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        ),
        ("1.1", "Transfer-Encoding: identity\r\n"),
        ("1.1", "Transfer-Encoding: gzip, chunked\r\n"),
        ("1.1", "Transfer-Encoding:\r\n chunked\r\n"),
        ("1.1", "Transfer-Encoding : chunked\r\n"),
        ("1.1", "X: y\r\n Transfer-Encoding: chunked\r\n"),
        ("1.1", "Transfer-Encoding: \x0bchunked\r\n"),
    ] {
        let request = format!("GET /healthz HTTP/{version}\r\nHost: x\r\n{lines}\r\n0\r\n\r\n");
        let text = conversation(&service, &format!("{request}{HIDDEN}"));
        let text = text.replace("HTTP/1.0", "HTTP/1.1");
        assert_eq!(seen(&text), [("400", true)], "{lines:?}: {text}");
    }
    service.get("/readyz").send().assert(200);
}

#[test]
fn a_request_smuggled_in_a_trailer_changes_nothing() {
    let service = Service::start();
    let body = format!(
        "{{\"username\":\"hidden\",\"email\":\"hidden@example.com\",\"password\":\"{PASSWORD}\"}}"
    );
    let json = "Host: x\r\nContent-Type: application/json";
    let hidden = format!(
        "POST /signup HTTP/1.1\r\n{json}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let swallowed = format!(
        "POST /login HTTP/1.1\r\n{json}\r\nContent-Length: {}\r\n\r\n",
        hidden.len()
    );
    let text = conversation(
        &service,
        &format!(
            "{}{}0\r\n\n{swallowed}{hidden}",
            head("POST /login"),
            login()
        ),
    );
    assert_eq!(seen(&text), [("400", true)], "{text}");
    // The name is still free.
    service.sign_up("hidden");
}

#[test]
fn a_client_that_expects_100_continue_gets_it() {
    let service = Service::start();
    let mut stream = connect(&service);
    let expecting =
        head("POST /login").replace("Host: x\r\n", "Host: x\r\nExpect: 100-continue\r\n");
    stream.write_all(expecting.as_bytes()).unwrap();
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let body = format!("{}0\r\n\r\n{HIDDEN}", login());
    stream.write_all(body.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(seen(&responses(stream)), [("401", true)]);
}

#[test]
fn trailers_and_extensions_are_bounded() {
    let service = Service::start();
    let long = "x".repeat(9_000);
    for body in [
        format!("{}0\r\nA: {long}", login()),
        format!("{}0\r\n{}", login(), "A: b\r\n".repeat(2_000)),
        format!("1;{long}"),
        format!("{}1", "0".repeat(9_000)),
    ] {
        // None of these bodies ends. The response comes before the body's deadline, which would be 408.
        let text = conversation(&service, &format!("{}{body}", head("POST /login")));
        assert_eq!(seen(&text), [("400", true)], "{text}");
    }
}

#[test]
fn unread_bytes_do_not_reset_the_response() {
    let service = Service::start();
    let request = format!("{}{}0\r\n\r\n", head("POST /login"), login());
    let text = conversation(&service, &format!("{request}{}", HIDDEN.repeat(2_000)));
    assert_eq!(seen(&text), [("401", true)]);
}

#[test]
fn other_requests_still_share_a_connection() {
    let service = Service::start();
    let body = "{\"identifier\":\"unknown\",\"password\":\"Transfer-Encoding: chunked\"}";
    let login = format!(
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let last = HIDDEN.replace("Host: x", "Host: x\r\nConnection: close");
    let text = conversation(&service, &format!("{login}{HIDDEN}\r\n{login}{last}"));
    let seen: Vec<_> = seen(&text).into_iter().map(|(status, _)| status).collect();
    assert_eq!(seen, ["401", "200", "401", "200"]);
}
