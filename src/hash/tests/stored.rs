//! Tests of stored hashes: which of them match which passwords.

use proptest::prelude::*;

use super::{FAST, fast_hasher};
use crate::hash::{Hasher, Settings};

#[tokio::test]
async fn a_password_matches_its_own_hash_only() {
    let hasher = fast_hasher();
    for length in [0, 1, 8, 71, 72, 73, 128, 1000] {
        let password = "p".repeat(length);
        let stored = hasher.hash(&password).await.expect("hashed");
        assert!(
            hasher.verify(&password, &stored).await.expect("computed"),
            "{length} bytes"
        );
        assert!(
            !hasher
                .verify(&format!("{password}p"), &stored)
                .await
                .expect("computed"),
            "{length} bytes"
        );
    }
}

#[tokio::test]
async fn passwords_that_bcrypt_would_truncate_are_prehashed() {
    let hasher = fast_hasher();
    for (password, prefix) in [
        ("p".repeat(72), "$2b$04$"),
        ("p".repeat(73), "$bcrypt-sha256$v=2,t=2b,r=4$"),
        ("비".repeat(24), "$2b$04$"),
        ("비".repeat(25), "$bcrypt-sha256$v=2,t=2b,r=4$"),
        ("a\0a".to_owned(), "$bcrypt-sha256$v=2,t=2b,r=4$"),
    ] {
        let stored = hasher.hash(&password).await.expect("hashed");
        assert!(stored.starts_with(prefix), "{stored}");
        assert!(hasher.verify(&password, &stored).await.expect("computed"));
    }
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let hasher = fast_hasher();
    let (one, two) = (hasher.hash("same").await, hasher.hash("same").await);
    assert_ne!(one.expect("hashed"), two.expect("hashed"));
}

/// Passwords and their hashes by passlib 1.7.4: `bcrypt_sha256` and `bcrypt`, rounds 5, fixed salt.
fn passlib_hashes() -> [(String, &'static str); 7] {
    [
        (
            String::new(),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$dxxTesegmwvfPs5sK7fOejfMfK1jHfW",
        ),
        (
            "password".to_owned(),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$oyU6hjHR7FUYIEdu8RXDI0A.W3hqSO6",
        ),
        (
            "x".repeat(73),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$x8.LKUDpum4cPfGWBqIwXheI44q8mWi",
        ),
        (
            "한국어 비밀번호 ".repeat(8),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$n3YQXr2gQzl1hpKVJT64N2ff.ZdrSsO",
        ),
        (
            String::new(),
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u",
        ),
        (
            "x".repeat(72),
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukuG4qbY2Oamm4.2aZOEuKOGwvuVSFI8Hu",
        ),
        (
            "한국어 비밀번호".to_owned(),
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukuNz3RhPSMnygYxy4D8sQ2xy4pM2FBdjW",
        ),
    ]
}

#[tokio::test]
async fn verifies_hashes_of_passlib() {
    let hasher = fast_hasher();
    for (password, stored) in passlib_hashes() {
        assert!(
            hasher.verify(&password, stored).await.expect("computed"),
            "{stored}"
        );
        assert!(
            !hasher.verify("another", stored).await.expect("computed"),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn a_plain_hash_never_matches_a_truncated_or_repeated_password() {
    let hasher = fast_hasher();
    let full = hasher.hash(&"x".repeat(72)).await.expect("hashed");
    assert!(
        !hasher
            .verify(&"x".repeat(73), &full)
            .await
            .expect("computed")
    );
    let short = hasher.hash("a").await.expect("hashed");
    assert!(
        !hasher.verify("a\0a", &short).await.expect("computed"),
        "bcrypt repeats its key"
    );
}

#[tokio::test]
async fn lower_costs_and_legacy_schemes_are_outdated() {
    let hasher = Hasher::start(Settings { cost: 5, ..FAST }).expect("starts");
    let rest = "n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for legacy in ["$2a$05$", "$2y$05$"] {
        let stored = format!("{legacy}{rest}");
        assert!(
            hasher.verify("", &stored).await.expect("computed"),
            "{stored}"
        );
        assert!(hasher.is_outdated(&stored), "{stored}");
    }
    assert!(hasher.is_outdated(&format!("$2b$04${rest}")));
    assert!(!hasher.is_outdated(&format!("$2b$05${rest}")));
    assert!(!hasher.is_outdated(&format!("$2b$06${rest}")));
    assert!(
        !hasher.is_outdated("damaged"),
        "no password can match it and be hashed again"
    );
}

#[tokio::test]
async fn damaged_hashes_and_unsupported_costs_match_nothing() {
    let hasher = fast_hasher();
    let rest = "n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for stored in [
        String::new(),
        "$2b$05$".to_owned(),
        format!("$2b$03${rest}"),
        format!("$2b$16${rest}"),
        format!("$2b$31${rest}"),
        format!("$2b$+5${rest}"),
        format!("$2b$5${rest}"),
        format!("$2x$05${rest}"),
        format!("$2b$05${rest}="),
        format!("$2b$05$한{}", &rest[3..]),
        format!(
            "$bcrypt-sha256$v=1,t=2b,r=5${}${}",
            &rest[..22],
            &rest[22..]
        ),
        format!(
            "$bcrypt-sha256$v=2,t=2b,r=05${}${}",
            &rest[..22],
            &rest[22..]
        ),
        format!("$bcrypt-sha256$v=2,t=2b,r=${}${}", &rest[..22], &rest[22..]),
        format!(
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9ukv${}",
            &rest[22..]
        ),
    ] {
        assert!(
            !hasher.verify("", &stored).await.expect("computed"),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn noise_in_the_unused_bits_of_a_salt_is_ignored() {
    let noisy = "$2b$05$n79VH.0Q2TMWmt3Oqt9ukvkNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    assert!(fast_hasher().verify("", noisy).await.expect("computed"));
}

proptest! {
    #[test]
    fn no_input_causes_a_panic(password: String, stored: String, tail in "[./A-Za-z0-9$]{0,60}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("builds");
        let hasher = fast_hasher();
        for stored in [stored, format!("$2b$04${tail}"), format!("$bcrypt-sha256$v=2,t=2b,r=4${tail}")] {
            let result = runtime.block_on(hasher.verify(&password, &stored));
            prop_assert_eq!(result, Ok(false));
            let is_outdated = hasher.is_outdated(&(stored + " "));
            prop_assert!(!is_outdated);
        }
    }
}
