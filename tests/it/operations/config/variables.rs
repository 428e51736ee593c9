//! All variables: their faults and their flags.

use clap::Args;
use daemun::config::Options;

use super::faults;
use crate::support::Service;

/// Every variable that the service reads, with an invalid value.
const REFUSED: [(&str, &str); 72] = [
    ("DAEMUN_LISTEN", "nowhere"),
    ("DAEMUN_ADMIN_LISTEN", "192.0.2.1:9090"),
    ("DAEMUN_ADMIN_PUBLIC", "yes"),
    ("DAEMUN_KEEP_ALIVE", "4s"),
    ("DAEMUN_APP_NAME", "two\nlines"),
    ("DAEMUN_APP_URL", "https://ann:hunter2@app.example.com"),
    ("DAEMUN_APP_COLOR", "#ffd400"),
    ("DAEMUN_CHANGE_PASSWORD_URL", "/account/password"),
    ("DATABASE_URL", "mysql://ann:hunter2@db/x"),
    ("DAEMUN_DATABASE_POOL", "0"),
    ("DAEMUN_DATABASE_TIMEOUT", "5"),
    ("DAEMUN_DATABASE_WAIT", "11m"),
    ("DAEMUN_DATABASE_POOLER", "pgbouncer"),
    ("DAEMUN_DOCS", "maybe"),
    ("DAEMUN_CORS_ORIGINS", "https://ok.example,*"),
    ("DAEMUN_COOKIE_SECURE", "yes"),
    ("DAEMUN_COOKIE_DOMAIN", "localhost"),
    ("DAEMUN_TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
    ("DAEMUN_FORWARD_AUTH_PREFLIGHT", "on"),
    ("DAEMUN_FORWARDED_HEADER", "x-real-ip"),
    ("DAEMUN_BCRYPT_COST", "16"),
    ("DAEMUN_HASH_ENGINE", "fast"),
    ("DAEMUN_HASH_LANES", "9"),
    ("DAEMUN_HASH_WORKERS", "0"),
    ("DAEMUN_HASH_DEADLINE", "2"),
    ("DAEMUN_FOREIGN_HASH_MEMORY", "15"),
    ("DAEMUN_DEVISE_PEPPER", " "),
    (
        "DAEMUN_FIREBASE_HASH_CONFIG",
        "hash_config { algorithm: hunter2 }",
    ),
    ("DAEMUN_PASSWORD_MIN", "7"),
    ("DAEMUN_PASSWORD_FILTER_FILE", "absent.filter"),
    ("DAEMUN_PASSKEY_RP_ID", "https://example.com"),
    ("DAEMUN_PASSKEY_ORIGINS", "android:apk-key-hash:short"),
    ("DAEMUN_SESSION_IDLE", "401d"),
    ("DAEMUN_SESSION_MAX", "59m"),
    ("DAEMUN_TRUSTED_DEVICE", "never"),
    ("DAEMUN_BASE_PATH", "auth"),
    ("DAEMUN_PUBLIC_URL", "http://app.example.com"),
    ("DAEMUN_SECRET", "hunter2"),
    ("DAEMUN_SECRET_PREVIOUS", "hunter2 before"),
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
    ("DAEMUN_LIMIT_EVENTS", "0"),
    ("DAEMUN_CAPTCHA", "sometimes"),
    ("DAEMUN_EMAIL_VERIFICATION", "on"),
    ("DAEMUN_MAIL_URL", "http://ann:hunter2@mail/"),
    ("DAEMUN_DEVICE_NOTICES", "1"),
    ("DAEMUN_EMAIL_LOG_IN", "yes"),
    ("DAEMUN_SIGN_UP", "invite"),
    (
        "DAEMUN_INVITATION_URL",
        "https://ann:hunter2@app.example.com",
    ),
    (
        "DAEMUN_EMAIL_DOMAINS_ALLOWED",
        "example.com,ann@example.com",
    ),
    ("DAEMUN_EMAIL_DOMAINS_DENIED", "*.example.com"),
    (
        "DAEMUN_WEBHOOK_URL",
        "https://ann:hunter2@app.example.com/webhooks",
    ),
    ("DAEMUN_WEBHOOK_SECRET", "hunter2"),
    ("DAEMUN_WEBHOOK_EVENTS", "users.*"),
    ("DAEMUN_TOKEN_METADATA", "plan,a\tb"),
    ("DAEMUN_TOKEN_KEY_AGE", "59m"),
    ("DAEMUN_LOG", "inof"),
    ("DAEMUN_LOG_FORMAT", "xml"),
    ("DAEMUN_LOG_CLIENT_IP", "yes"),
    ("DAEMUN_EVENT_RETENTION", "23h"),
];

/// Variables that are invalid only together with another variable.
const OTHERS: [&str; 13] = [
    "DATABASE_URL_FILE",
    "DAEMUN_SECRET_FILE",
    "DAEMUN_SECRET_PREVIOUS_FILE",
    "DAEMUN_MAIL_URL_FILE",
    "DAEMUN_MAIL_OAUTH_TOKEN_FILE",
    "DAEMUN_MAIL_FROM",
    "DAEMUN_DEVISE_PEPPER_FILE",
    "DAEMUN_FIREBASE_HASH_CONFIG_FILE",
    "DAEMUN_EMAIL_DOMAINS_ALLOWED_FILE",
    "DAEMUN_EMAIL_DOMAINS_DENIED_FILE",
    "DAEMUN_WEBHOOK_SECRET_FILE",
    "DAEMUN_TOKEN_AUDIENCE",
    "DAEMUN_UNSAFE_FAST_HASHES",
];

#[test]
fn every_fault_is_reported_at_once_with_its_name_and_an_example() {
    let reported = faults(&REFUSED);
    assert_eq!(reported.len(), REFUSED.len(), "{reported:#?}");
    for (name, _) in REFUSED {
        let mine: Vec<_> = reported
            .iter()
            .filter(|line| line.starts_with(&format!("{name}: ")))
            .collect();
        assert_eq!(mine.len(), 1, "{name}: {reported:#?}");
        assert!(mine[0].contains("; for example "), "{mine:?}");
    }
    assert!(!reported.join("").contains("hunter2"));
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
fn an_unknown_variable_is_warned_about_with_the_nearest_name() {
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
    assert!(!log.contains("10.0.0.1"), "values are not logged");
}

#[test]
fn flags_equal_variables() {
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
