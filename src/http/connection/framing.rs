//! Where the requests of a connection end (RFC 9112 section 6): nothing behind a request with `Transfer-Encoding` is read.

use std::mem::MaybeUninit;

use super::chunked::{Chunked, Next};

/// Header lines and bytes of a head at most; a longer one is refused by the parser behind.
const MAX_LINES: usize = 96;
const MAX_HEAD: usize = 128 * 1024;

/// The longest header name that the parser behind takes: a longer one makes it panic.
const MAX_NAME: usize = 65_535;

/// Follows the bytes of a connection.
#[derive(Debug, Default)]
pub struct Framing {
    part: Part,
    /// The beginning of a head whose end has not arrived.
    head: Vec<u8>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    /// Bytes that are left of a body with `Content-Length`.
    Body(u64),
    Chunked(Chunked),
    Over(End),
}

/// Why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last request is complete.
    Complete,
    /// The framing is malformed.
    Malformed,
}

impl Framing {
    /// The reason to read nothing more, if there is one.
    pub const fn end(&self) -> Option<End> {
        match self.part {
            Part::Over(end) => Some(end),
            Part::Head | Part::Body(_) | Part::Chunked(_) => None,
        }
    }

    /// Returns how many of these bytes belong to requests that may be read.
    pub fn advance(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() && self.end().is_none() {
            let used = match &mut self.part {
                Part::Head => self.head(rest),
                Part::Body(left) => skip(left, rest),
                Part::Chunked(body) => {
                    let (used, next) = body.advance(rest);
                    match next {
                        Next::More => {}
                        Next::End => self.part = Part::Over(End::Complete),
                        Next::Malformed => self.part = Part::Over(End::Malformed),
                    }
                    used
                }
                Part::Over(_) => 0,
            };
            if self.part == Part::Body(0) {
                self.part = Part::Head;
            }
            rest = rest.get(used..).unwrap_or_default();
        }
        bytes.len() - rest.len()
    }

    /// Reads a head, or the next piece of one.
    fn head(&mut self, bytes: &[u8]) -> usize {
        let before = self.head.len();
        let whole = if before == 0 {
            bytes
        } else {
            self.head.extend_from_slice(bytes);
            &self.head
        };
        // A head ends with a line. Bytes that end none are not worth another look at all that came before.
        let parsed = if bytes.contains(&b'\n') {
            parse(whole)
        } else {
            Ok(None)
        };
        match parsed {
            Ok(Some((length, part))) => {
                self.part = part;
                self.head = Vec::new();
                length.saturating_sub(before)
            }
            Ok(None) if whole.len() < MAX_HEAD => {
                if before == 0 {
                    self.head = bytes.to_vec();
                }
                bytes.len()
            }
            // The parser behind sees the same bytes, and refuses them with a response.
            Ok(None) | Err(_) => {
                self.part = Part::Over(End::Malformed);
                bytes.len()
            }
        }
    }
}

/// The length of a head and the part that follows it; `None` for an incomplete one.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Part)>, httparse::Error> {
    let mut lines = [const { MaybeUninit::uninit() }; MAX_LINES];
    let mut head = httparse::Request::new(&mut []);
    Ok(match head.parse_with_uninit_headers(bytes, &mut lines)? {
        // The end of such a head is kept from the parser behind, which closes the connection then.
        httparse::Status::Complete(_) if has_long_name(&head) => {
            Some((0, Part::Over(End::Malformed)))
        }
        httparse::Status::Complete(length) => Some((length, part_after(&head))),
        httparse::Status::Partial => None,
    })
}

fn has_long_name(head: &httparse::Request<'_, '_>) -> bool {
    head.headers.iter().any(|line| line.name.len() > MAX_NAME)
}

fn part_after(head: &httparse::Request<'_, '_>) -> Part {
    let values = |name: &'static str| {
        head.headers
            .iter()
            .filter(move |line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value.trim_ascii())
    };
    if values("transfer-encoding").next().is_some() {
        return Part::Chunked(Chunked::default());
    }
    // The parser behind takes all that follows for the body.
    let is_stream = head.method == Some("CONNECT")
        || values("upgrade").any(|value| value.eq_ignore_ascii_case(b"websocket"));
    if is_stream {
        return Part::Over(End::Complete);
    }
    match values("content-length").next().map(number) {
        None => Part::Head,
        Some(Some(length)) => Part::Body(length),
        Some(None) => Part::Over(End::Malformed),
    }
}

fn number(value: &[u8]) -> Option<u64> {
    str::from_utf8(value).ok()?.parse().ok()
}

/// Counts down what is left; returns how many of the bytes that were.
fn skip(left: &mut u64, bytes: &[u8]) -> usize {
    let used = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
    *left -= u64::try_from(used).unwrap_or(*left);
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// What may be read of these bytes when they arrive in pieces of this size, and how the connection ends.
    fn read(text: &str, size: usize) -> (String, Option<End>) {
        let mut framing = Framing::default();
        let mut read = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            let used = framing.advance(piece);
            read.extend_from_slice(piece.get(..used).unwrap());
        }
        (String::from_utf8(read).unwrap(), framing.end())
    }

    #[test]
    fn nothing_is_read_behind_transfer_encoding() {
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
                assert_eq!(read(&all, size), (whole.clone(), Some(End::Complete)));
            }
        }
    }

    #[test]
    fn requests_without_it_go_on() {
        let length = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n\r\n\r\n\n";
        let empty = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
        let all = format!("{GET}{length}\r\n{GET}{empty}{GET}GET / HT");
        for size in [1, 2, 5, 1_000] {
            assert_eq!(read(&all, size), (all.clone(), None));
        }
    }

    #[test]
    fn malformed_framing_is_the_end() {
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
                assert_eq!(end, Some(End::Malformed), "{head}{body}");
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
            assert_eq!(end, Some(End::Malformed));
        }
        let (_, end) = read(&format!("{CHUNKED}0\r\nA: b\r\n"), 1_000);
        assert_eq!(end, None);
    }

    #[test]
    fn a_head_that_the_parser_behind_cannot_take_never_ends() {
        let head = |length| {
            format!(
                "GET / HTTP/1.1\r\nHost: x\r\n{}: b\r\n\r\n",
                "a".repeat(length)
            )
        };
        for size in [1_000, 1_000_000] {
            let (part, end) = read(&format!("{}{GET}", head(MAX_NAME + 1)), size);
            assert_eq!(end, Some(End::Malformed));
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
            assert_eq!(read(&all, 7), (head.to_owned(), Some(End::Complete)));
        }
    }
}
