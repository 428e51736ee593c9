//! The public URL, the base path, the domain of the cookie, and forward-auth.

use super::{assert_accepted_and_refused, faults, migrate};

/// Settings with accepted and rejected values.
const PATHS: [(&str, &[&str], &[&str]); 2] = [
    (
        "DAEMUN_PUBLIC_URL",
        &[
            "https://app.example.com",
            "https://app.example.com/auth",
            "http://localhost:8080",
            "http://[::1]:8080",
            "http://[::1]",
            "http://app.localhost",
            "http://127.0.0.2:8080/auth",
        ],
        &[
            "app.example.com",
            "http://app.example.com",
            "http://localhost.example.com",
            "https://",
            "https:///app.example.com",
            "https://app.example.com:65536",
            "https://ann@app.example.com",
            "https://app.example.com/?a=b",
            "https://app.example.com/#a",
            "https://app.example.com//auth",
            "https://app.example.com/\"x",
            "https://app.example.com/",
            "https://app.example.com/auth/",
            "https://app.example.com/{auth}",
            "ftp://localhost",
        ],
    ),
    (
        "DAEMUN_BASE_PATH",
        &["/", "/auth", "/a/b-c/d.e_f~g", "/.well/..x"],
        &[
            "auth",
            "/auth/",
            "//",
            "//auth",
            "/a//b",
            "/./a",
            "/a/..",
            "/a b",
            "/a%20b",
            "/{a}",
            "/a?b",
            "/a#b",
            "/\u{d55c}",
            "https://app.example.com/auth",
        ],
    ),
];

#[test]
fn urls_and_paths_have_their_documented_form() {
    assert_accepted_and_refused(&PATHS);
}

#[test]
fn the_base_path_is_the_path_of_the_public_url() {
    let folder = tempfile::tempdir().unwrap();
    let both = |base, url| [("DAEMUN_BASE_PATH", base), ("DAEMUN_PUBLIC_URL", url)];
    for (base, url) in [
        ("/auth", "https://app.example.com/auth"),
        ("/", "https://app.example.com"),
        ("", "https://app.example.com/auth"),
    ] {
        let done = migrate(folder.path(), &both(base, url));
        assert!(done.status.success(), "{base} {url}: {done:?}");
    }
    for (base, url) in [
        ("/auth", "https://app.example.com"),
        ("/auth", "https://app.example.com/auth/v1"),
        ("/", "https://app.example.com/auth"),
    ] {
        let reported = faults(&both(base, url));
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(
            reported[0].starts_with("DAEMUN_BASE_PATH: ")
                && reported[0].contains("DAEMUN_PUBLIC_URL"),
            "{reported:?}"
        );
    }
}

#[test]
fn the_cookie_domain_contains_the_host_of_the_public_url() {
    let folder = tempfile::tempdir().unwrap();
    let with = |domain, url| [("DAEMUN_COOKIE_DOMAIN", domain), ("DAEMUN_PUBLIC_URL", url)];
    for (domain, url) in [
        ("example.com", "https://auth.example.com"),
        ("EXAMPLE.com", "https://Auth.Example.com:8443/auth"),
        ("auth.example.com", "https://auth.example.com"),
        ("app.localhost", "http://auth.app.localhost:8080"),
        ("", "https://auth.example.com"),
        ("", ""),
    ] {
        let done = migrate(folder.path(), &with(domain, url));
        assert!(done.status.success(), "{domain} {url}: {done:?}");
    }
    for (domain, url, expected) in [
        ("example.com", "", "DAEMUN_PUBLIC_URL is not set"),
        ("example.com", "https://example.org", "does not contain"),
        ("example.com", "https://notexample.com", "does not contain"),
        ("a.example.com", "https://example.com", "does not contain"),
        ("localhost", "http://localhost:8080", "is not a domain"),
        ("com", "https://example.com", "is not a domain"),
        ("127.0.0.1", "http://127.0.0.1:8080", "is not a domain"),
        ("[::1]", "http://[::1]:8080", "is not a domain"),
        (".example.com", "https://example.com", "is not a domain"),
        ("*.example.com", "https://example.com", "is not a domain"),
        (
            "https://example.com",
            "https://example.com",
            "is not a domain",
        ),
        (" ", "https://example.com", "is not a domain"),
    ] {
        let reported = faults(&with(domain, url));
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(
            reported[0].starts_with("DAEMUN_COOKIE_DOMAIN: ") && reported[0].contains(expected),
            "{reported:?}"
        );
    }
    let insecure = [
        &with("example.com", "https://auth.example.com")[..],
        &[("DAEMUN_COOKIE_SECURE", "off")],
    ];
    let reported = faults(&insecure.concat());
    assert!(
        reported[0].contains("needs DAEMUN_COOKIE_SECURE=on"),
        "{reported:?}"
    );
}

#[test]
fn preflights_need_a_trusted_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let name = "DAEMUN_FORWARD_AUTH_PREFLIGHT";
    for value in ["off", "", "x-forwarded-method", "x-original-method", "own"] {
        let proxies = ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1");
        let done = migrate(folder.path(), &[(name, value), proxies]);
        assert!(done.status.success(), "{value}: {done:?}");
    }
    let reported = faults(&[(name, "own")]);
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with(name) && reported[0].contains("DAEMUN_TRUSTED_PROXIES"),
        "{reported:?}"
    );
    let reported = faults(&[(name, "on")]);
    assert!(
        reported[0].contains("is none of off, x-forwarded-method"),
        "{reported:?}"
    );
}

#[test]
fn a_slash_at_the_end_of_the_public_url_is_named_with_the_corrected_url() {
    let reported = faults(&[("DAEMUN_PUBLIC_URL", "https://app.example.com/auth/")]);
    assert_eq!(
        reported,
        [
            "DAEMUN_PUBLIC_URL: `https://app.example.com/auth/` ends with a slash; for example https://app.example.com/auth"
        ]
    );
}
