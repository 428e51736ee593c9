//! Ranges and words of single settings.

use super::{assert_accepted_and_refused, faults, migrate};

/// Settings with accepted and rejected values.
const LIMITS: [(&str, &[&str], &[&str]); 29] = [
    (
        "DAEMUN_KEEP_ALIVE",
        &["5s", "1h", "620s"],
        &["4s", "4999ms", "61m", "0s", "75"],
    ),
    (
        "DAEMUN_ADMIN_LISTEN",
        &[
            "",
            "127.0.0.1:9090",
            "[::1]:0",
            "10.1.2.3:9090",
            "[fd00::1]:9090",
        ],
        &[
            "localhost:9090",
            "127.0.0.1",
            "off",
            "192.0.2.1:9090",
            "[2001:db8::1]:9090",
        ],
    ),
    (
        "DAEMUN_DATABASE_POOL",
        &["1", "1000"],
        &["0", "1001", "-1", "ten", "1.5"],
    ),
    (
        "DAEMUN_DATABASE_TIMEOUT",
        &["100ms", "1m"],
        &["99ms", "61s", "0s", "5"],
    ),
    (
        "DAEMUN_DATABASE_WAIT",
        &["0s", "10m"],
        &["11m", "601s", "forever"],
    ),
    ("DAEMUN_BCRYPT_COST", &["4", "15"], &["3", "16"]),
    ("DAEMUN_HASH_LANES", &["1", "8"], &["0", "9"]),
    ("DAEMUN_HASH_WORKERS", &["1", "1024"], &["0", "1025", "two"]),
    (
        "DAEMUN_HASH_DEADLINE",
        &["100ms", "60s", "1m"],
        &["99ms", "61s", "0s", "1", "1h"],
    ),
    ("DAEMUN_PASSWORD_MIN", &["8", "64"], &["7", "65"]),
    ("DAEMUN_LIMIT_SIGN_UPS", &["1", "10000"], &["0", "10001"]),
    (
        "DAEMUN_LIMIT_LOG_INS",
        &["1", "10000"],
        &["0", "10001", "-1"],
    ),
    (
        "DAEMUN_LIMIT_NETWORK_FAILURES",
        &["1", "10000"],
        &["0", "10001"],
    ),
    ("DAEMUN_LIMIT_FAILURES", &["1", "100"], &["0", "101"]),
    (
        "DAEMUN_LIMIT_ACCOUNT_FAILURES",
        &["10", "100"],
        &["9", "101"],
    ),
    ("DAEMUN_LIMIT_CHANGES", &["1", "1000"], &["0", "1001"]),
    (
        "DAEMUN_LIMIT_NETWORK_CHANGES",
        &["1", "10000"],
        &["0", "10001"],
    ),
    ("DAEMUN_LIMIT_CODES", &["1", "100"], &["0", "101"]),
    (
        "DAEMUN_LIMIT_MAIL_REQUESTS",
        &["1", "10000"],
        &["0", "10001"],
    ),
    ("DAEMUN_LIMIT_MAILS", &["1", "60"], &["0", "61"]),
    ("DAEMUN_LIMIT_CLIENT_MAILS", &["1", "60"], &["0", "61"]),
    (
        "DAEMUN_LIMIT_WAITING_REQUESTS",
        &["1", "10000000"],
        &["0", "10000001"],
    ),
    (
        "DAEMUN_LIMIT_EVENTS",
        &["1", "10000000"],
        &["0", "10000001"],
    ),
    (
        "DAEMUN_EVENT_RETENTION",
        &["1d", "24h", "3650d"],
        &["23h", "3651d", "90"],
    ),
    (
        "DAEMUN_LIMIT_WAITING_SIGN_UPS",
        &["1", "10000000"],
        &["0", "10000001"],
    ),
    (
        "DAEMUN_SESSION_IDLE",
        &["1d", "24h", "1440m", "400d"],
        &["23h", "401d", "14", "14 d", "-1d"],
    ),
    (
        "DAEMUN_SESSION_MAX",
        &["1h", "9600h"],
        &["9601h", "99999999999999999999d"],
    ),
    (
        "DAEMUN_TRUSTED_PROXIES",
        &["", "10.0.0.0/8", "10.0.0.1, fd00::/8"],
        &["10.0.0.0/33", "10.0.0", "proxy.local"],
    ),
    (
        "DAEMUN_CORS_ORIGINS",
        &[
            "",
            "https://app.example.com",
            "http://localhost:5173,https://[::1]:8443",
            "capacitor://localhost,chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
        ],
        &[
            "*",
            "null",
            "https://app.example.com/",
            "https://*.example.com",
            "app.example.com",
        ],
    ),
];

#[test]
fn numbers_and_durations_have_their_documented_ranges() {
    assert_accepted_and_refused(&LIMITS);
}

#[test]
fn switches_and_choices_accept_only_their_words() {
    let cases: [(&str, &[&str], &[&str]); 11] = [
        ("DAEMUN_RATE_LIMITS", &["on", "off"], &["none"]),
        ("DAEMUN_ADMIN_PUBLIC", &["on", "off"], &["yes"]),
        (
            "DAEMUN_DEVICE_NOTICES",
            &["on", "off", "true", "false"],
            &["ON"],
        ),
        (
            "DAEMUN_CAPTCHA",
            &["off", "adaptive", "always"],
            &["on", "Always"],
        ),
        (
            "DAEMUN_EMAIL_VERIFICATION",
            &["off", "optional"],
            &["on", "REQUIRED"],
        ),
        (
            "DAEMUN_DOCS",
            &["on", "off", "true", "false"],
            &["ON", "1", "yes"],
        ),
        ("DAEMUN_COOKIE_SECURE", &["on", "off"], &["0", "secure"]),
        (
            "DAEMUN_FORWARDED_HEADER",
            &["x-forwarded-for", "forwarded"],
            &["X-Forwarded-For"],
        ),
        ("DAEMUN_HASH_ENGINE", &["lanes", "reference"], &["Lanes"]),
        ("DAEMUN_LOG_FORMAT", &["text", "json"], &["logfmt"]),
        (
            "DAEMUN_LOG",
            &[
                "debug",
                "WARN",
                "off",
                "info,daemun::store=trace",
                "info, [request{http.status=500}]=debug,",
            ],
            // A word that is no level would be a target, which turns all other targets off.
            &["daemun=loud", "[a", "inof", "info,daemun", "2 info", ","],
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, taken, refused) in cases {
        for value in taken {
            let done = migrate(folder.path(), &[(name, value)]);
            assert!(done.status.success(), "{name}={value}: {done:?}");
        }
        for value in refused {
            assert!(
                faults(&[(name, value)])[0].starts_with(name),
                "{name}={value}"
            );
        }
    }
}

#[test]
fn cheap_hashes_need_their_own_setting() {
    let is_refused = |cost, word| {
        let reported = faults(&[
            ("DAEMUN_BCRYPT_COST", cost),
            ("DAEMUN_UNSAFE_FAST_HASHES", word),
        ]);
        reported[0].clone()
    };
    let reported = is_refused("9", "false");
    assert_eq!(
        reported,
        "DAEMUN_BCRYPT_COST: `9` is not a number from 10 to 15; for example 10"
    );
    assert!(is_refused("9", "perhaps").starts_with("DAEMUN_UNSAFE_FAST_HASHES: "));
}

#[test]
fn required_verification_needs_mail() {
    let reported = faults(&[("DAEMUN_EMAIL_VERIFICATION", "required")]);
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with("DAEMUN_EMAIL_VERIFICATION: `required` needs a way to send mail"),
        "{reported:?}"
    );
}
