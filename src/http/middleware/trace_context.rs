//! The trace that a request belongs to (W3C Trace Context, level 1).

use actix_web::http::header::HeaderMap;

/// The header with the trace and the span of the caller.
const HEADER: &str = "traceparent";

/// The lengths of the members of the header, in characters.
const VERSION: usize = 2;
const TRACE_ID: usize = 32;
const PARENT_ID: usize = 16;
const FLAGS: usize = 2;

/// Returns the trace id of a request. An invalid header, or one that came twice, is ignored, as the
/// standard demands.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER);
    let value = values.next().filter(|_| values.next().is_none())?;
    parse(value.to_str().ok()?)
}

/// Returns the trace id of a header. Later versions of the standard may append members.
fn parse(header: &str) -> Option<&str> {
    let mut members = header.splitn(5, '-');
    let version = hex(members.next()?, VERSION).filter(|version| *version != "ff")?;
    let trace_id = hex(members.next()?, TRACE_ID).filter(|id| !is_zero(id))?;
    hex(members.next()?, PARENT_ID).filter(|id| !is_zero(id))?;
    hex(members.next()?, FLAGS)?;
    (members.next().is_none() || version != "00").then_some(trace_id)
}

/// Returns a member of this many lower-case hexadecimal digits.
fn hex(member: &str, length: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (member.len() == length && member.bytes().all(is_digit)).then_some(member)
}

fn is_zero(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn valid_headers_have_a_trace_id() {
        for (version, rest) in [
            ("00", "00f067aa0ba902b7-01"),
            ("00", "00f067aa0ba902b7-00"),
            ("00", "00f067aa0ba902b7-ff"),
            ("01", "00f067aa0ba902b7-01"),
            ("cc", "00f067aa0ba902b7-01-what-the-future-brings"),
            ("01", "00f067aa0ba902b7-01-"),
        ] {
            let header = format!("{version}-{TRACE}-{rest}");
            assert_eq!(parse(&header), Some(TRACE), "{header}");
        }
    }

    #[test]
    fn invalid_headers_have_none() {
        for header in [
            "",
            "-",
            "00",
            TRACE,
            "00-4bf92f3577b34da6a3ce929d0e0e4736",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-001",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "FF-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "000-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0G",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            "00-4bf92f3577b34da6-a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(header), None, "{header}");
        }
    }

    #[test]
    fn a_header_that_came_twice_or_is_no_text_is_ignored() {
        let name = || HeaderName::from_static(HEADER);
        let value = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let value = HeaderValue::from_str(&value).unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(trace_id(&headers), None);
        headers.append(name(), value.clone());
        assert_eq!(trace_id(&headers), Some(TRACE));
        headers.append(name(), value);
        assert_eq!(trace_id(&headers), None);
        headers.insert(name(), HeaderValue::from_bytes(b"00-\xff").unwrap());
        assert_eq!(trace_id(&headers), None);
    }
}
