//! The public URL and the base path.

use super::{assert_accepted_and_refused, faults, migrate};

/// Settings with accepted and rejected values.
const PATHS: [(&str, &[&str], &[&str]); 2] = [
    (
        "DAEMUN_PUBLIC_URL",
        &[
            "https://app.example.com",
            "https://app.example.com/auth/",
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
        ("/auth", "https://app.example.com/auth/"),
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
