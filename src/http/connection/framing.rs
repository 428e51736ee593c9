//! The framing of requests on a connection (RFC 9112 section 6). Nothing behind a request with
//! `Transfer-Encoding` is read.

use std::mem::MaybeUninit;

use super::chunked::{ChunkedBody, ChunkedProgress};

/// The maximum number of header lines. Actix rejects a longer head.
const MAX_LINES: usize = 96;

/// The maximum size of a head in bytes. Actix rejects a longer head.
const MAX_HEAD: usize = 128 * 1024;

/// The maximum length of a header name: a longer name makes the parser of Actix panic.
const MAX_NAME: usize = 65_535;

/// The position in the requests of a connection.
#[derive(Debug, Default)]
pub struct Framing {
    part: RequestPart,
    /// The beginning of an incomplete head.
    head: Vec<u8>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum RequestPart {
    #[default]
    Head,
    /// The remaining bytes of a body with `Content-Length`.
    Body(u64),
    Chunked(ChunkedBody),
    Over(FramingEnd),
}

/// The reason why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingEnd {
    /// The last request is complete.
    Complete,
    /// The framing is malformed.
    Malformed,
}

impl Framing {
    /// Returns the reason why nothing more is read, if there is one.
    pub const fn end(&self) -> Option<FramingEnd> {
        match self.part {
            RequestPart::Over(end) => Some(end),
            RequestPart::Head | RequestPart::Body(_) | RequestPart::Chunked(_) => None,
        }
    }

    /// Returns how many of these bytes belong to requests that are read.
    pub fn advance(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() && self.end().is_none() {
            let used = match &mut self.part {
                RequestPart::Head => self.head(rest),
                RequestPart::Body(left) => skip(left, rest),
                RequestPart::Chunked(body) => {
                    let (used, next) = body.advance(rest);
                    match next {
                        ChunkedProgress::More => {}
                        ChunkedProgress::End => self.part = RequestPart::Over(FramingEnd::Complete),
                        ChunkedProgress::Malformed => {
                            self.part = RequestPart::Over(FramingEnd::Malformed);
                        }
                    }
                    used
                }
                RequestPart::Over(_) => 0,
            };
            if self.part == RequestPart::Body(0) {
                self.part = RequestPart::Head;
            }
            rest = rest.get(used..).unwrap_or_default();
        }
        bytes.len() - rest.len()
    }

    /// Reads a head or the next piece of one. Returns the number of bytes that were used.
    fn head(&mut self, bytes: &[u8]) -> usize {
        let before = self.head.len();
        let whole = if before == 0 {
            bytes
        } else {
            self.head.extend_from_slice(bytes);
            &self.head
        };
        // A head ends with a line. Without the end of a line, parsing again would find nothing new.
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
            // Actix sees the same bytes and rejects them with a response.
            Ok(None) | Err(_) => {
                self.part = RequestPart::Over(FramingEnd::Malformed);
                bytes.len()
            }
        }
    }
}

/// Returns the length of a head and the part that follows it, or `None` for an incomplete head.
fn parse(bytes: &[u8]) -> Result<Option<(usize, RequestPart)>, httparse::Error> {
    let mut lines = [const { MaybeUninit::uninit() }; MAX_LINES];
    let mut head = httparse::Request::new(&mut []);
    Ok(match head.parse_with_uninit_headers(bytes, &mut lines)? {
        // Actix never receives the end of such a head, so it closes the connection.
        httparse::Status::Complete(_) if has_long_name(&head) => {
            Some((0, RequestPart::Over(FramingEnd::Malformed)))
        }
        httparse::Status::Complete(length) => Some((length, part_after(&head))),
        httparse::Status::Partial => None,
    })
}

fn has_long_name(head: &httparse::Request<'_, '_>) -> bool {
    head.headers.iter().any(|line| line.name.len() > MAX_NAME)
}

fn part_after(head: &httparse::Request<'_, '_>) -> RequestPart {
    let values = |name: &'static str| {
        head.headers
            .iter()
            .filter(move |line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value.trim_ascii())
    };
    if values("transfer-encoding").next().is_some() {
        return RequestPart::Chunked(ChunkedBody::default());
    }
    // Actix reads everything that follows as the body.
    let is_stream = head.method == Some("CONNECT")
        || values("upgrade").any(|value| value.eq_ignore_ascii_case(b"websocket"));
    if is_stream {
        return RequestPart::Over(FramingEnd::Complete);
    }
    match values("content-length").next().map(number) {
        None => RequestPart::Head,
        Some(Some(length)) => RequestPart::Body(length),
        Some(None) => RequestPart::Over(FramingEnd::Malformed),
    }
}

fn number(value: &[u8]) -> Option<u64> {
    str::from_utf8(value).ok()?.parse().ok()
}

/// Subtracts the bytes from the remaining length. Returns how many bytes were used.
fn skip(left: &mut u64, bytes: &[u8]) -> usize {
    let used = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
    *left -= u64::try_from(used).unwrap_or(*left);
    used
}

#[cfg(test)]
mod tests;
