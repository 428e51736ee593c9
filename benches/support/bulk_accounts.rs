//! The fast path to very many accounts: copies of one that signed up, made by the database itself; it must not know what is measured.
//!
//! One account signs up at the service, so that its rows are what the service writes. A statement then makes a hundred thousand copies
//! at a time, each with an id, a name, an address and a session's digest of its own, and with the very same password hash: a hash
//! each would take bcrypt a day.

use diesel::connection::SimpleConnection;

/// Copies that a statement makes.
const BATCH: u32 = 100_000;

/// The account that all others are copies of.
pub const FIRST: &str = "person0";

/// How a database spells what SQL does not say in one way.
pub struct Dialect {
    /// Rows `n` from one number to another.
    series: fn(u32, u32) -> String,
    /// The number as twelve hexadecimal digits.
    digits: &'static str,
    /// Thirty-two bytes that no other row has.
    digest: &'static str,
    /// Before and after: what makes it fast, and what makes it safe and known to the planner.
    frame: [&'static str; 2],
}

pub const SQLITE: Dialect = Dialect {
    series: |from, to| {
        format!(
            "WITH RECURSIVE series (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM series WHERE n < {to})"
        )
    },
    digits: "printf('%012x', n)",
    digest: "randomblob(32)",
    frame: [
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000",
        "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE",
    ],
};

pub const POSTGRES: Dialect = Dialect {
    series: |from, to| format!("WITH series (n) AS (SELECT generate_series({from}, {to}))"),
    digits: "lpad(to_hex(n), 12, '0')",
    digest: "decode(md5(n::text) || md5('and ' || n), 'hex')",
    frame: [
        "SET synchronous_commit = off",
        "VACUUM ANALYZE users; VACUUM ANALYZE sessions; CHECKPOINT",
    ],
};

/// Makes `count` accounts with a session each out of the first.
pub fn fill(connection: &mut impl SimpleConnection, dialect: &Dialect, count: u32) {
    let mut run = |statement: &str| connection.batch_execute(statement).unwrap();
    let [before, after] = dialect.frame;
    run(before);
    for from in (1..=count).step_by(BATCH.try_into().unwrap()) {
        let series = (dialect.series)(from, count.min(from + BATCH - 1));
        let (digits, digest) = (dialect.digits, dialect.digest);
        let named = |column: &str| format!("replace({column}, '{FIRST}', 'person' || n)");
        run(&format!(
            "{series} INSERT INTO users (id, username, username_key, email, email_key, email_verified, password_hash, password_version, disabled, created_at, failed_log_ins)
             SELECT '018f0000-0000-7000-8000-' || {digits}, {}, {}, {}, {}, email_verified, password_hash, password_version, disabled, created_at, failed_log_ins
             FROM users CROSS JOIN series WHERE username = '{FIRST}'",
            named("username"), named("username_key"), named("email"), named("email_key")
        ));
        run(&format!(
            "{series} INSERT INTO sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, ends_at, remembered, ip, user_agent)
             SELECT '018f0000-0000-7000-9000-' || {digits}, '018f0000-0000-7000-8000-' || {digits}, {digest}, created_at, last_seen_at, expires_at, ends_at, remembered, ip, user_agent
             FROM (SELECT * FROM sessions ORDER BY id LIMIT 1) AS session CROSS JOIN series"
        ));
    }
    after.split("; ").for_each(run);
}
