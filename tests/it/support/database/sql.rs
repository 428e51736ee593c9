//! A test's own connection to a database, with statements for both kinds.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

/// A test's own connection.
pub enum Sql {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Sql {
    /// Connects to a `DATABASE_URL`. A file must exist.
    pub fn open(url: &str) -> Self {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let mut connection = SqliteConnection::establish(path).unwrap();
            let patience = "PRAGMA busy_timeout = 30000";
            connection.batch_execute(patience).unwrap();
            Self::Sqlite(connection)
        } else {
            Self::Postgres(PgConnection::establish(url).unwrap())
        }
    }

    /// Runs statements.
    pub fn run(&mut self, statements: &str) {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(statements).unwrap(),
            Self::Postgres(connection) => connection.batch_execute(statements).unwrap(),
        }
    }

    /// Returns the column `text` of the rows that the query finds with `$1` and `$2`.
    pub fn texts(&mut self, query: &str, first: &str, second: &str) -> Vec<String> {
        let query = sql_query(query)
            .bind::<Text, _>(first)
            .bind::<Text, _>(second);
        let rows: Vec<Written> = match self {
            Self::Sqlite(connection) => query.load(connection).unwrap(),
            Self::Postgres(connection) => query.load(connection).unwrap(),
        };
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Returns the column `number` of the rows that the query finds.
    pub fn numbers(&mut self, query: &str) -> Vec<i64> {
        let rows: Vec<Counted> = match self {
            Self::Sqlite(connection) => sql_query(query).load(connection).unwrap(),
            Self::Postgres(connection) => sql_query(query).load(connection).unwrap(),
        };
        rows.into_iter().map(|row| row.number).collect()
    }

    /// Runs a statement. Returns the number of changed rows.
    pub fn change(&mut self, statement: &str) -> usize {
        match self {
            Self::Sqlite(connection) => sql_query(statement).execute(connection).unwrap(),
            Self::Postgres(connection) => sql_query(statement).execute(connection).unwrap(),
        }
    }

    /// Disables foreign keys.
    pub fn ignore_references(&mut self) {
        self.run(match self {
            Self::Sqlite(_) => "PRAGMA foreign_keys = OFF",
            Self::Postgres(_) => "SET session_replication_role = replica",
        });
    }

    /// Blocks all other writers until the transaction ends.
    pub fn lock_writers(&mut self) {
        self.run(match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN; LOCK TABLE token_keys, users IN SHARE ROW EXCLUSIVE MODE",
        });
    }

    /// Fails every insert into a table until [`accept_inserts`](Self::accept_inserts).
    pub fn refuse_inserts(&mut self, table: &str) {
        let action = match self {
            Self::Sqlite(_) => "BEGIN SELECT RAISE(ABORT, 'refused'); END",
            Self::Postgres(connection) => {
                let function = "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql \
                                AS $$ BEGIN RAISE 'refused'; END $$";
                connection.batch_execute(function).unwrap();
                "FOR EACH ROW EXECUTE FUNCTION refuse()"
            }
        };
        self.run(&format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON {table} {action}"
        ));
    }

    /// Accepts inserts into the table again.
    pub fn accept_inserts(&mut self, table: &str) {
        self.run(&match self {
            Self::Sqlite(_) => String::from("DROP TRIGGER refuse"),
            Self::Postgres(_) => format!("DROP TRIGGER refuse ON {table}"),
        });
    }

    /// Lets [`place`](Self::place) order the rows of a table by their insertion.
    pub fn ordered(&mut self, table: &str) {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgres(connection) => {
                let place = format!("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS place BIGSERIAL");
                connection.batch_execute(&place).unwrap();
            }
        }
    }

    /// Returns the column that orders rows by their insertion, after [`ordered`](Self::ordered).
    pub fn place(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "rowid",
            Self::Postgres(_) => "place",
        }
    }
}
