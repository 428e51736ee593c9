//! The forwarding headers of reverse proxies: a list of hops, each of which is parsed alone.

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderValue};

use crate::http::settings::ForwardedHeader;

/// Returns the addresses of the hops from the right to the left, over all lines of the header. An
/// unreadable hop is `None`.
///
/// A client can write anything to the left of what the proxies appended. The list is therefore
/// split as bytes, from the right: no byte changes how the hops to its right are parsed.
pub fn hops(headers: &HeaderMap, header: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedHeader::XForwardedFor => "x-forwarded-for",
        ForwardedHeader::Forwarded => "forwarded",
    };
    let lines: Vec<_> = headers.get_all(name).map(HeaderValue::as_bytes).collect();
    let lines = lines.into_iter().rev();
    match header {
        ForwardedHeader::XForwardedFor => lines
            .flat_map(|line| line.rsplit(|byte| *byte == b','))
            .map(|hop| node(hop.trim_ascii()))
            .collect(),
        ForwardedHeader::Forwarded => lines
            .flat_map(|line| split(line, b','))
            .map(node_of_element)
            .collect(),
    }
}

/// Returns the pieces between separators outside quoted strings (RFC 9110 section 5.6.4), from the
/// right to the left.
fn split(bytes: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut piece_end = bytes.len();
    let mut is_quoted = false;
    for (at, byte) in bytes.iter().enumerate().rev() {
        let before = bytes.get(..at).unwrap_or_default();
        if *byte == b'"' && !(is_quoted && is_escaped_after(before)) {
            is_quoted = !is_quoted;
        } else if *byte == separator && !is_quoted {
            pieces.push(bytes.get(at + 1..piece_end).unwrap_or_default());
            piece_end = at;
        }
    }
    pieces.push(bytes.get(..piece_end).unwrap_or_default());
    pieces
}

fn is_escaped_after(before: &[u8]) -> bool {
    let escapes = before.iter().rev().take_while(|byte| **byte == b'\\');
    escapes.count() % 2 == 1
}

/// Returns the address in the only `for` of an element (RFC 7239 section 4).
fn node_of_element(element: &[u8]) -> Option<IpAddr> {
    let mut nodes = split(element, b';').into_iter().filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (pair.get(..at)?, pair.get(at + 1..)?);
        name.trim_ascii()
            .eq_ignore_ascii_case(b"for")
            .then(|| value.trim_ascii())
    });
    let value = nodes.next()?;
    if nodes.next().is_some() {
        return None;
    }
    match value {
        // An address has no character that needs an escape.
        [b'"', quoted @ .., b'"'] => node(quoted),
        token => node(token),
    }
}

/// Returns the address without its port, brackets and zone (RFC 7239 section 6, RFC 4007 section
/// 11).
fn node(bytes: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(bytes).ok()?;
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None if text.matches(':').count() == 1 => text.split_at(text.find(':')?),
        None => (text, ""),
    };
    if !is_port(port) {
        return None;
    }
    let address = match host.split_once('%') {
        Some((host, zone)) if !zone.is_empty() => IpAddr::V6(host.parse().ok()?),
        _ => host.parse().ok()?,
    };
    Some(address.to_canonical())
}

/// Returns whether the text is empty, or a colon with a number or with a name that hides one.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            let is_hidden = port.starts_with('_') && port.len() > 1;
            is_hidden || port.parse::<u16>().is_ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_a_node() {
        for (text, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:8080", "192.0.2.1"),
            ("192.0.2.1:_hidden", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:443", "fe80::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(node(text.as_bytes()), address.parse().ok(), "{text}");
        }
        for text in [
            "",
            "unknown",
            "_hidden",
            "[",
            "[]",
            "1.2.3.4.5",
            "a:b:c",
            "\"\"",
            "192.0.2.1:x",
            "192.0.2.1%eth0",
            "fe80::1%",
            "[::1]x",
            "[192.0.2.1",
            "192.0.2.1:",
            "\u{2000}192.0.2.1",
        ] {
            assert_eq!(node(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn splits_outside_quoted_strings_from_the_right() {
        let split = |text: &'static str| {
            let pieces = split(text.as_bytes(), b',');
            let pieces = pieces
                .into_iter()
                .map(|piece| str::from_utf8(piece).unwrap());
            pieces.collect::<Vec<_>>()
        };
        assert_eq!(split("a,b"), ["b", "a"]);
        assert_eq!(split(""), [""]);
        assert_eq!(split(",a,"), ["", "a", ""]);
        assert_eq!(split("x=\"a,b\",c"), ["c", "x=\"a,b\""]);
        assert_eq!(split("x=\"a\\\",b\",c"), ["c", "x=\"a\\\",b\""]);
        assert_eq!(split("x=\"a\\\\\",c"), ["c", "x=\"a\\\\\""]);
        // A quote that the client left open does not hide what a proxy appended.
        assert_eq!(split("for=\",b,c"), ["c", "b", "for=\""]);
        assert_eq!(split("for=\"\\,b"), ["b", "for=\"\\"]);
    }
}
