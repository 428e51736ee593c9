//! The databases that a text about the store is held on: a SQLite file always, PostgreSQL where there is one.

use std::{
    env,
    path::Path,
    process,
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
};

use daemun::store::{Database, Db};
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

/// The variable that names a PostgreSQL server on which schemas may be made.
const POSTGRES: &str = "TEST_POSTGRES_URL";

/// Holds `behaviour` on an empty, migrated database of each kind.
pub fn on_each_database(behaviour: impl Fn(&Db)) {
    let folder = tempfile::tempdir().unwrap();
    behaviour(&sqlite(&folder.path().join("daemun.db")));
    if let Some(schema) = PostgresSchema::new() {
        let db = schema.open();
        db.migrate().unwrap();
        behaviour(&db);
    }
}

/// A migrated SQLite file.
pub fn sqlite(path: &Path) -> Db {
    let db = Db::open(&Database::Sqlite(path.to_owned())).unwrap();
    db.migrate().unwrap();
    db
}

/// An empty schema of the test's own; it goes with this value.
pub struct PostgresSchema {
    server: String,
    name: String,
}

impl PostgresSchema {
    /// `None`, and one line that says so, where no server is named.
    #[expect(clippy::disallowed_methods, reason = "tests have no other settings")]
    pub fn new() -> Option<Self> {
        static SKIPPED: Once = Once::new();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = env::var(POSTGRES) else {
            SKIPPED.call_once(|| eprintln!("skipped on PostgreSQL: {POSTGRES} is not set"));
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("daemun_test_{}_{count}", process::id());
        let schema = Self { server, name };
        schema.run(&format!("CREATE SCHEMA {}", schema.name));
        Some(schema)
    }

    /// The URL of the server with this schema alone in sight.
    pub fn url(&self) -> String {
        let joint = if self.server.contains('?') { '&' } else { '?' };
        format!(
            "{}{joint}options=-csearch_path%3D{}",
            self.server, self.name
        )
    }

    pub fn open(&self) -> Db {
        let url = self.url().into();
        Db::open(&Database::Postgres { url, pool: 8 }).unwrap()
    }

    fn run(&self, statement: &str) {
        let mut connection = PgConnection::establish(&self.server).unwrap();
        sql_query(statement).execute(&mut connection).unwrap();
    }
}

impl Drop for PostgresSchema {
    fn drop(&mut self) {
        self.run(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}
