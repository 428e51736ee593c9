//! Very many accounts, created by the database as copies of one.
//!
//! The first account signs up at the service, so that its rows are the ones that the service
//! writes. A statement then makes 100,000 copies at a time. Each copy has its own id, username,
//! email and session digest. All share one password hash, because a hash each would take bcrypt a
//! day.

use diesel::connection::SimpleConnection;

/// Copies per statement.
const BATCH: u32 = 100_000;

/// The account that all others are copies of.
pub const FIRST: &str = "person0";

/// The parts of the statements that differ between the databases.
pub struct SqlDialect {
    /// Produces rows `n` from one number to another.
    series: fn(u32, u32) -> String,
    /// The number as twelve hexadecimal digits.
    digits: &'static str,
    /// 32 bytes that are unique to the row.
    digest: &'static str,
    /// Statements before: they make the filling fast.
    before: &'static str,
    /// Statements after: they make the rows durable and update the planner's statistics.
    after: &'static str,
}

pub const SQLITE: SqlDialect = SqlDialect {
    series: |from, to| {
        format!(
            "WITH RECURSIVE series (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM series WHERE n < {to})"
        )
    },
    digits: "printf('%012x', n)",
    digest: "randomblob(32)",
    before: "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000",
    after: "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE",
};

pub const POSTGRES: SqlDialect = SqlDialect {
    series: |from, to| format!("WITH series (n) AS (SELECT generate_series({from}, {to}))"),
    digits: "lpad(to_hex(n), 12, '0')",
    digest: "decode(md5(n::text) || md5('and ' || n), 'hex')",
    before: "SET synchronous_commit = off",
    after: "VACUUM ANALYZE users; VACUUM ANALYZE sessions; CHECKPOINT",
};

/// Creates `count` accounts, each with a session, as copies of the first.
pub fn fill(connection: &mut impl SimpleConnection, dialect: &SqlDialect, count: u32) {
    let mut run = |statement: &str| connection.batch_execute(statement).unwrap();
    run(dialect.before);
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
    dialect.after.split("; ").for_each(run);
}
