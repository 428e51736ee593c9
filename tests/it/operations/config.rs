//! The settings: what each takes and refuses, all faults at once, and nothing secret repeated.

use std::{
    fs,
    path::Path,
    process::{Output, Stdio},
};

use clap::Args;
use daemun::config::Options;

use crate::support::Service;

/// Every variable that the service reads, with a value that it refuses.
const REFUSED: [(&str, &str); 43] = [
    ("DAEMUN_LISTEN", "nowhere"),
    ("DAEMUN_KEEP_ALIVE", "4s"),
    ("DATABASE_URL", "mysql://ann:hunter2@db/x"),
    ("DAEMUN_DATABASE_POOL", "0"),
    ("DAEMUN_DATABASE_TIMEOUT", "5"),
    ("DAEMUN_DATABASE_WAIT", "11m"),
    ("DAEMUN_DATABASE_POOLER", "pgbouncer"),
    ("DAEMUN_DOCS", "maybe"),
    ("DAEMUN_CORS_ORIGINS", "https://ok.example,*"),
    ("DAEMUN_COOKIE_SECURE", "yes"),
    ("DAEMUN_TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
    ("DAEMUN_FORWARDED_HEADER", "x-real-ip"),
    ("DAEMUN_BCRYPT_COST", "16"),
    ("DAEMUN_HASH_ENGINE", "fast"),
    ("DAEMUN_HASH_LANES", "9"),
    ("DAEMUN_HASH_WORKERS", "0"),
    ("DAEMUN_HASH_DEADLINE", "2"),
    ("DAEMUN_PASSWORD_MIN", "7"),
    ("DAEMUN_SESSION_IDLE", "401d"),
    ("DAEMUN_SESSION_MAX", "59m"),
    ("DAEMUN_PUBLIC_URL", "http://app.example.com"),
    ("DAEMUN_SECRET", "hunter2"),
    ("DAEMUN_RATE_LIMITS", "some"),
    ("DAEMUN_LIMIT_SIGN_UPS", "0"),
    ("DAEMUN_LIMIT_LOG_INS", "10001"),
    ("DAEMUN_LIMIT_NETWORK_FAILURES", "none"),
    ("DAEMUN_LIMIT_FAILURES", "101"),
    ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "101"),
    ("DAEMUN_LIMIT_CHANGES", "0"),
    ("DAEMUN_LIMIT_NETWORK_CHANGES", "10001"),
    ("DAEMUN_LIMIT_CODES", "101"),
    ("DAEMUN_LIMIT_MAIL_REQUESTS", "0"),
    ("DAEMUN_LIMIT_MAILS", "61"),
    ("DAEMUN_LIMIT_CLIENT_MAILS", "61"),
    ("DAEMUN_LIMIT_WAITING_REQUESTS", "0"),
    ("DAEMUN_LIMIT_WAITING_SIGN_UPS", "none"),
    ("DAEMUN_CAPTCHA", "sometimes"),
    ("DAEMUN_EMAIL_VERIFICATION", "on"),
    ("DAEMUN_MAIL_URL", "http://ann:hunter2@mail/"),
    ("DAEMUN_DEVICE_NOTICES", "1"),
    ("DAEMUN_TOKEN_KEY_AGE", "59m"),
    ("DAEMUN_LOG", "inof"),
    ("DAEMUN_LOG_FORMAT", "xml"),
];

/// Variables whose refusal needs another of them.
const OTHERS: [&str; 7] = [
    "DATABASE_URL_FILE",
    "DAEMUN_SECRET_FILE",
    "DAEMUN_MAIL_URL_FILE",
    "DAEMUN_MAIL_OAUTH_TOKEN_FILE",
    "DAEMUN_MAIL_FROM",
    "DAEMUN_TOKEN_AUDIENCE",
    "DAEMUN_UNSAFE_FAST_HASHES",
];

/// Runs a subcommand that needs settings and ends by itself.
fn migrate(folder: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = Service::command_in(folder, settings);
    command.arg("migrate").output().unwrap()
}

/// The lines of stderr of a start that was refused for its settings.
#[track_caller]
fn faults(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let refused = migrate(folder.path(), settings);
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        0,
        "nothing was touched"
    );
    let told = String::from_utf8(refused.stderr).unwrap();
    told.lines()
        .map(|line| line.strip_prefix("daemun: ").expect(line).to_owned())
        .collect()
}

#[test]
fn every_fault_is_told_at_once_with_its_name_and_an_example() {
    let told = faults(&REFUSED);
    assert_eq!(told.len(), REFUSED.len(), "{told:#?}");
    for (name, _) in REFUSED {
        let mine: Vec<_> = told
            .iter()
            .filter(|line| line.starts_with(&format!("{name}: ")))
            .collect();
        assert_eq!(mine.len(), 1, "{name}: {told:#?}");
        assert!(mine[0].contains("; for example "), "{mine:?}");
    }
    assert!(!told.join("").contains("hunter2"));
}

/// Settings with what they take and what they refuse.
const LIMITS: [(&str, &[&str], &[&str]); 27] = [
    (
        "DAEMUN_KEEP_ALIVE",
        &["5s", "1h", "620s"],
        &["4s", "4999ms", "61m", "0s", "75"],
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
        "DAEMUN_LIMIT_WAITING_SIGN_UPS",
        &["1", "10000000"],
        &["0", "10000001"],
    ),
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
            "https://app.example.com/\"x",
            "ftp://localhost",
        ],
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
fn limits_are_where_they_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    for (name, taken, refused) in LIMITS {
        for value in taken {
            let done = migrate(folder.path(), &[(name, value)]);
            assert!(done.status.success(), "{name}={value}: {done:?}");
        }
        for value in refused {
            let told = faults(&[(name, value)]);
            assert_eq!(told.len(), 1, "{name}={value}: {told:?}");
            assert!(told[0].starts_with(name), "{told:?}");
        }
    }
}

#[test]
fn switches_and_choices_take_their_words_alone() {
    let cases: [(&str, &[&str], &[&str]); 10] = [
        ("DAEMUN_RATE_LIMITS", &["on", "off"], &["none"]),
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
            // A word that is no level would be a target, and turn all others off.
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
fn cheap_hashes_need_their_own_word() {
    let is_refused = |cost, word| {
        let told = faults(&[
            ("DAEMUN_BCRYPT_COST", cost),
            ("DAEMUN_UNSAFE_FAST_HASHES", word),
        ]);
        told[0].clone()
    };
    let told = is_refused("9", "false");
    assert_eq!(
        told,
        "DAEMUN_BCRYPT_COST: `9` is not a number from 10 to 15; for example 10"
    );
    assert!(is_refused("9", "perhaps").starts_with("DAEMUN_UNSAFE_FAST_HASHES: "));
}

#[test]
fn a_database_url_is_told_by_its_kind_and_never_repeated() {
    for url in [
        "hunter2",
        "sqlite:hunter2.db",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite://hunter2.db?mode=memory",
        "sqlite://hunter2.db#x",
        "mysql://ann:hunter2@db/x",
        "POSTGRES://ann:hunter2@db/x",
        "postgres://",
    ] {
        let told = faults(&[("DATABASE_URL", url)]);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("DATABASE_URL: the URL "), "{told:?}");
        assert!(
            told[0].ends_with("; for example sqlite://data/daemun.db"),
            "{told:?}"
        );
        assert!(!told[0].contains("hunter2"), "{told:?}");
    }
}

#[test]
fn a_mail_url_is_told_by_its_kind_and_never_repeated() {
    for url in [
        "hunter2",
        "smtp://",
        "smtp:hunter2",
        "SMTP://ann:hunter2@mail",
        "imap://ann:hunter2@mail",
        "file://",
        "file:hunter2",
        "log:hunter2",
    ] {
        let told = faults(&[("DAEMUN_MAIL_URL", url)]);
        assert_eq!(told.len(), 1, "{url}");
        assert!(told[0].starts_with("DAEMUN_MAIL_URL: the URL "), "{told:?}");
        assert!(told[0].contains("; for example smtps://"), "{told:?}");
        assert!(!told[0].contains("hunter2"), "{told:?}");
    }
    let told = faults(&[("DAEMUN_MAIL_URL", "smtp://mail.example.com")]);
    assert!(
        told[0].starts_with("DAEMUN_MAIL_FROM: is needed "),
        "{told:?}"
    );
}

#[test]
fn required_verification_needs_mail() {
    let told = faults(&[("DAEMUN_EMAIL_VERIFICATION", "required")]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("DAEMUN_EMAIL_VERIFICATION: `required` needs a way to send mail"),
        "{told:?}"
    );
}

#[test]
fn a_secret_is_long_given_once_and_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "hunter2\n").unwrap();
    let path = file.to_str().unwrap();
    for (settings, begin) in [
        (
            &[("DAEMUN_SECRET", "hunter2")][..],
            "DAEMUN_SECRET: the secret has fewer",
        ),
        (
            &[("DAEMUN_SECRET_FILE", path)],
            "DAEMUN_SECRET_FILE: the secret has fewer",
        ),
        (
            &[("DAEMUN_SECRET", "hunter2"), ("DAEMUN_SECRET_FILE", path)],
            "DAEMUN_SECRET and DAEMUN_SECRET_FILE are both set",
        ),
    ] {
        let told = faults(settings);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(begin), "{told:?}");
        assert!(!told[0].contains("hunter2"), "{told:?}");
    }
}

#[test]
fn a_database_that_does_not_answer_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let urls = [
        "postgres://ann:hunter2@127.0.0.1:1/x",
        // libpq quotes what it cannot read.
        "postgres://ann:hunter2%zz@127.0.0.1:1/x",
        "postgres://ann:8/hunter2@127.0.0.1:1/x",
        "postgres://ann:x@127.0.0.1:1/x?hunter2=1",
    ];
    let attempts = urls.map(|url| {
        let mut command = Service::command_in(folder.path(), &[("DATABASE_URL", url)]);
        command
            .arg("migrate")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for attempt in attempts {
        let refused = attempt.wait_with_output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(
            told.contains("daemun: the database is unavailable: "),
            "{told}"
        );
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn the_url_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    let path = secret.to_str().unwrap();
    fs::write(&secret, "sqlite://elsewhere/accounts.db\n").unwrap();
    let done = migrate(folder.path(), &[("DATABASE_URL_FILE", path)]);
    assert!(done.status.success(), "{done:?}");
    assert!(folder.path().join("elsewhere/accounts.db").is_file());

    fs::write(&secret, "mysql://ann:hunter2@db/x").unwrap();
    let told = faults(&[("DATABASE_URL_FILE", path)]);
    assert!(
        told[0].starts_with("DATABASE_URL_FILE: the URL begins"),
        "{told:?}"
    );
    assert!(!told[0].contains("hunter2"));

    let told = faults(&[("DATABASE_URL_FILE", "/nowhere/at/all")]);
    assert!(
        told[0].starts_with("DATABASE_URL_FILE: cannot read /nowhere/at/all: "),
        "{told:?}"
    );
    assert!(told[0].contains("; for example "), "{told:?}");

    let told = faults(&[
        ("DATABASE_URL", "sqlite://a.db"),
        ("DATABASE_URL_FILE", path),
    ]);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("DATABASE_URL and DATABASE_URL_FILE are both set"),
        "{told:?}"
    );
}

#[test]
fn the_help_names_every_variable() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve", "--help"][..],
        &["migrate", "--help"],
        &["--help"],
    ] {
        let mut command = Service::command_in(
            folder.path(),
            &[("DATABASE_URL", "postgres://ann:hunter2@db/x")],
        );
        let help = command.args(arguments).output().unwrap();
        assert!(help.status.success());
        let help = String::from_utf8(help.stdout).unwrap();
        let named = REFUSED.iter().map(|(name, _)| *name).chain(OTHERS);
        // Cheap hashes are for tests; the help would only tempt.
        for name in named.filter(|name| *name != "DAEMUN_UNSAFE_FAST_HASHES") {
            assert!(help.contains(&format!("[env: {name}")), "{name}:\n{help}");
        }
        assert!(!help.contains("hunter2"));
    }
}

#[test]
fn these_tests_cover_every_setting() {
    let command = Options::augment_args(clap::Command::new("daemun"));
    let variables = command
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str());
    let mut count = 0;
    for name in variables {
        let is_known = REFUSED.iter().any(|(known, _)| *known == name) || OTHERS.contains(&name);
        assert!(is_known, "{name}");
        count += 1;
    }
    assert_eq!(count, REFUSED.len() + OTHERS.len());
}

#[test]
fn a_variable_that_is_no_setting_is_one_warning_with_the_nearest() {
    let service = Service::start_with(&[
        ("DAEMUN_BCRYPT_COSTS", "4"),
        ("DAEMUN_PORT", "tcp://10.0.0.1:8080"),
        ("OTHER_DAEMUN", "1"),
    ]);
    let log = service.log();
    let warnings: Vec<_> = log
        .lines()
        .filter(|line| line.contains("is not a setting"))
        .collect();
    assert_eq!(warnings.len(), 2, "{log}");
    let about = |name| *warnings.iter().find(|line| line.contains(name)).unwrap();
    assert!(about("DAEMUN_BCRYPT_COSTS").contains("did you mean DAEMUN_BCRYPT_COST?"));
    assert!(!about("DAEMUN_PORT").contains("did you mean"), "{log}");
    assert!(!log.contains("10.0.0.1"), "values are nobody's business");
}

#[test]
fn flags_say_the_same_as_variables() {
    let folder = tempfile::tempdir().unwrap();
    let mut command =
        Service::command_in(folder.path(), &[("DATABASE_URL", "sqlite://not-here.db")]);
    let done = command
        .args(["migrate", "--database-url", "sqlite://here.db"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    assert!(
        folder.path().join("here.db").is_file(),
        "the flag wins over the variable"
    );
    assert!(!folder.path().join("not-here.db").exists());
}
