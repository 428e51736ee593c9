//! Tests of request framing with bytes that arrive in pieces of any size.

use super::*;

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Returns the bytes that are read when they arrive in pieces of this size, and the end of the
/// connection.
fn read(text: &str, size: usize) -> (String, Option<FramingEnd>) {
    let mut framing = Framing::default();
    let mut read = Vec::new();
    for piece in text.as_bytes().chunks(size) {
        let used = framing.advance(piece);
        read.extend_from_slice(piece.get(..used).unwrap());
    }
    (String::from_utf8(read).unwrap(), framing.end())
}

#[test]
fn nothing_is_read_behind_a_request_with_transfer_encoding() {
    let length = "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nab\r\n\r";
    let odd_case = CHUNKED.replace("Transfer-Encoding", "tRANSFER-eNCODING");
    for (before, body) in [
        (CHUNKED.to_owned(), "0\r\n\r\n"),
        (odd_case, "0\r\n\r\n"),
        (
            format!("{GET}{length}{GET}{CHUNKED}"),
            "3\r\nabc\r\n0\r\n\r\n",
        ),
        (
            CHUNKED.to_owned(),
            "a;x=\"y\"\r\n0\r\n\r\n0\r\n\r\n\r\n0 ;z\r\nA: b\r\n\r\n",
        ),
    ] {
        let whole = format!("{before}{body}");
        for size in [1, 2, 3, 7, 1_000] {
            let all = format!("{whole}{GET}{CHUNKED}");
            assert_eq!(
                read(&all, size),
                (whole.clone(), Some(FramingEnd::Complete))
            );
        }
    }
}

#[test]
fn requests_without_transfer_encoding_are_all_read() {
    let length = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n\r\n\r\n\n";
    let empty = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    let all = format!("{GET}{length}\r\n{GET}{empty}{GET}GET / HT");
    for size in [1, 2, 5, 1_000] {
        assert_eq!(read(&all, size), (all.clone(), None));
    }
}

#[test]
fn malformed_framing_ends_the_connection() {
    for (head, body) in [
        (CHUNKED, "0\r\n\n"),
        (CHUNKED, "0\n\n"),
        (CHUNKED, "1\r\nab\r\n"),
        (CHUNKED, "\r\n0\r\n\r\n"),
        (CHUNKED, "11111111111111111\r\n"),
        ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "0"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", "0"),
    ] {
        for size in [1, 3, 1_000] {
            let (read, end) = read(&format!("{head}{body}{GET}"), size);
            assert_eq!(end, Some(FramingEnd::Malformed), "{head}{body}");
            assert!(read.len() < head.len() + body.len() || size == 1_000);
        }
    }
}

#[test]
fn lines_around_chunks_are_bounded() {
    let long = "x".repeat(20_000);
    let lines = "A: b\r\n".repeat(4_000);
    for body in [
        format!("1;{long}"),
        format!("0\r\nA: {long}"),
        format!("0\r\n{lines}"),
    ] {
        let (_, end) = read(&format!("{CHUNKED}{body}"), 1_000);
        assert_eq!(end, Some(FramingEnd::Malformed));
    }
    let (_, end) = read(&format!("{CHUNKED}0\r\nA: b\r\n"), 1_000);
    assert_eq!(end, None);
}

#[test]
fn a_head_that_would_make_actix_panic_is_never_completed() {
    let head = |length| {
        format!(
            "GET / HTTP/1.1\r\nHost: x\r\n{}: b\r\n\r\n",
            "a".repeat(length)
        )
    };
    for size in [1_000, 1_000_000] {
        let (part, end) = read(&format!("{}{GET}", head(MAX_NAME + 1)), size);
        assert_eq!(end, Some(FramingEnd::Malformed));
        assert!(!part.contains("\r\n\r\n"));
        let whole = head(MAX_NAME);
        assert_eq!(read(&whole, size), (whole, None));
    }
}

#[test]
fn a_stream_is_never_read_as_requests() {
    let upgrade = "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n\r\n";
    for head in [upgrade, "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let all = format!("{head}{GET}");
        assert_eq!(read(&all, 7), (head.to_owned(), Some(FramingEnd::Complete)));
    }
}
