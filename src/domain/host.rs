//! Host names: those of the local machine, and domains.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Returns whether browsers trust plain HTTP to this host, written as in a URL: `localhost` and its
/// subdomains, 127.0.0.0/8 and `[::1]` (Secure Contexts section 3.1, RFC 6761 section 6.3).
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_loopback();
    }
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bracketed {
        return address.parse() == Ok(Ipv6Addr::LOCALHOST);
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Returns whether a text is a domain that hosts can share a cookie of: two or more labels of
/// letters, digits and hyphens (RFC 1123 section 2.1). A last label that begins with a digit is
/// rejected, because URLs read such a host as an IPv4 address (URL Standard, host parsing).
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = text.len() <= 253 && text.split('.').all(is_label);
    let last = text.rsplit_once('.').map(|(_, last)| last);
    is_name && last.is_some_and(|last| !last.starts_with(|first: char| first.is_ascii_digit()))
}

/// Returns whether a text can be an RP id of WebAuthn: a domain, or the name of the local machine.
#[must_use]
pub fn can_be_rp_id(text: &str) -> bool {
    text.eq_ignore_ascii_case("localhost") || is_domain(text)
}

/// Returns whether a host is the domain itself or below it.
#[must_use]
pub fn is_in_domain(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    host.strip_suffix(&domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_have_two_labels_and_are_no_addresses() {
        for domain in [
            "example.com",
            "a.b.example",
            "XN--bcher-kva.Example",
            "app.localhost",
            "1.2.3.a4",
        ] {
            assert!(is_domain(domain), "{domain}");
        }
        let long = format!("{}.com", "a".repeat(64));
        for text in [
            "",
            "com",
            "localhost",
            ".example.com",
            "example.com.",
            "a..com",
            "-a.com",
            "a-.com",
            "a_b.com",
            "192.0.2.1",
            "1.0x7f",
            "[::1]",
            "::1",
            "example.com:8443",
            "*.example.com",
            "https://example.com",
            "b\u{fc}cher.example",
            "a b.com",
            &long,
        ] {
            assert!(!is_domain(text), "{text}");
        }
    }

    #[test]
    fn a_domain_contains_itself_and_the_hosts_below_it() {
        for host in ["example.com", "auth.example.com", "a.b.Example.com"] {
            assert!(is_in_domain(host, "EXAMPLE.com"), "{host}");
        }
        for host in ["com", "notexample.com", "example.com.evil", "example.org"] {
            assert!(!is_in_domain(host, "example.com"), "{host}");
        }
    }

    #[test]
    fn loopback_hosts_are_those_that_browsers_trust() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "app.localhost",
            "a.b.localhost",
            "127.0.0.1",
            "127.255.0.9",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "localhost.example.com",
            "notlocalhost",
            "localhost..",
            "128.0.0.1",
            "127.0.0.1.example.com",
            "127.1",
            "::1",
            "[::2]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
