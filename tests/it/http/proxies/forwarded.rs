//! The client IP behind reverse proxies.

use serde_json::json;

use crate::support::{Call, PASSWORD, Service};

const TRUSTED: (&str, &str) = ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8");

/// Returns the address that is stored for a login with these headers.
fn address(service: &Service, with: impl FnOnce(Call) -> Call) -> String {
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    let token = with(service.post("/login", &body))
        .send()
        .assert(200)
        .token();
    let sessions = service.get("/sessions").bearer(&token).send().assert(200);
    let ip = sessions.json["sessions"][0]["ip"].as_str().unwrap();
    ip.to_owned()
}

#[test]
fn x_forwarded_for_is_read_from_the_right_through_trusted_proxies() {
    let service = Service::start_with(&[TRUSTED]);
    service.sign_up("minji");
    for (reported, counts) in [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        // A client controls everything on the left.
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("nonsense, 10.1.2.3", "10.1.2.3"),
        ("nonsense, 203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:443, 10.1.2.3", "fe80::1"),
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("203.0.113.9,", "127.0.0.1"),
    ] {
        let kept = address(&service, |call| call.header("x-forwarded-for", reported));
        assert_eq!(kept, counts, "{reported:?}");
    }
    let lines = address(&service, |call| {
        call.header("x-forwarded-for", "198.51.100.1")
            .header("x-forwarded-for", "203.0.113.9")
    });
    assert_eq!(lines, "203.0.113.9");
    for (reported, counts) in [
        (&b"\xff, 203.0.113.9"[..], "203.0.113.9"),
        (b"\xff,203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (b"\"\xff, 203.0.113.9", "203.0.113.9"),
        (b"198.51.100.1, \xff, 10.1.2.3", "10.1.2.3"),
        (b"203.0.113.9, \xff", "127.0.0.1"),
        ("\u{2000}203.0.113.9".as_bytes(), "127.0.0.1"),
    ] {
        let kept = address(&service, |call| {
            call.raw_header("x-forwarded-for", reported)
        });
        assert_eq!(kept, counts, "{}", reported.escape_ascii());
    }
    let unreadable_line = address(&service, |call| {
        call.raw_header("x-forwarded-for", b"\xff")
            .header("x-forwarded-for", "203.0.113.9")
    });
    assert_eq!(unreadable_line, "203.0.113.9");
    let other = address(&service, |call| call.header("forwarded", "for=203.0.113.9"));
    assert_eq!(other, "127.0.0.1");
}

#[test]
fn with_forwarded_configured_only_forwarded_is_read() {
    let service = Service::start_with(&[TRUSTED, ("DAEMUN_FORWARDED_HEADER", "forwarded")]);
    service.sign_up("minji");
    for (reported, counts) in [
        ("for=203.0.113.9", "203.0.113.9"),
        ("For=\"203.0.113.9:4711\";proto=https", "203.0.113.9"),
        ("proto=https; for=203.0.113.9 ;by=10.0.0.1", "203.0.113.9"),
        ("for=\"[2001:db8::1]:443\"", "2001:db8::1"),
        ("for=198.51.100.1, for=203.0.113.9", "203.0.113.9"),
        ("for=203.0.113.9, for=10.1.2.3", "203.0.113.9"),
        ("for=unknown, for=10.1.2.3", "10.1.2.3"),
        ("for=\"[fe80::1%25eth0]:443\"", "fe80::1"),
        ("by=\"a,b;for=198.51.100.1\";for=203.0.113.9", "203.0.113.9"),
        (
            "for=203.0.113.9;host=\"x\\\", for=198.51.100.1\"",
            "203.0.113.9",
        ),
        // Text of the client does not affect what a proxy appends.
        ("for=\", for=203.0.113.9", "203.0.113.9"),
        ("for=\"\\, for=\"203.0.113.9:4711\"", "203.0.113.9"),
        ("for=198.51.100.1;for=203.0.113.9", "127.0.0.1"),
        ("for=_hidden", "127.0.0.1"),
        ("proto=https", "127.0.0.1"),
        ("203.0.113.9", "127.0.0.1"),
    ] {
        let kept = address(&service, |call| call.header("forwarded", reported));
        assert_eq!(kept, counts, "{reported:?}");
    }
    let unreadable = address(&service, |call| {
        call.raw_header("forwarded", b"for=\"\xff\xfe, for=203.0.113.9")
    });
    assert_eq!(unreadable, "203.0.113.9");
    let other = address(&service, |call| {
        call.header("x-forwarded-for", "203.0.113.9")
    });
    assert_eq!(other, "127.0.0.1");
}

#[test]
fn headers_of_untrusted_addresses_are_ignored() {
    for settings in [&[][..], &[("DAEMUN_TRUSTED_PROXIES", "10.0.0.0/8")]] {
        let service = Service::start_with(settings);
        service.sign_up("minji");
        let kept = address(&service, |call| {
            call.header("x-forwarded-for", "203.0.113.9")
                .header("forwarded", "for=203.0.113.9")
                .header("x-real-ip", "203.0.113.9")
        });
        assert_eq!(kept, "127.0.0.1");
    }
}

#[test]
fn an_untrusted_proxy_is_warned_about_once_a_minute() {
    let warnings = |service: &mut Service| {
        service.stop();
        let log = service.log();
        let warned = log.lines().filter(|line| line.contains("proxy.untrusted"));
        warned.map(str::to_owned).collect::<Vec<_>>()
    };
    for header in ["x-forwarded-for", "forwarded"] {
        let mut service = Service::start();
        service.sign_up("minji");
        for _again in 0..3 {
            address(&service, |call| call.header(header, "for=203.0.113.9"));
        }
        let warned = warnings(&mut service);
        assert_eq!(warned.len(), 1);
        assert!(warned[0].contains("127.0.0.1") && warned[0].contains("DAEMUN_TRUSTED_PROXIES"));
        assert!(!warned[0].contains("203.0.113.9"));
    }
    let mut trusting = Service::start_with(&[TRUSTED]);
    trusting.sign_up("minji");
    address(&trusting, |call| {
        call.header("x-forwarded-for", "203.0.113.9")
    });
    assert!(warnings(&mut trusting).is_empty());
    let mut quiet = Service::start();
    quiet.sign_up("minji");
    address(&quiet, |call| call.header("x-real-ip", "203.0.113.9"));
    assert!(warnings(&mut quiet).is_empty());
}
