//! `daemun database copy`: a copy of all rows to another database, complete or not at all.

mod rejections;
mod rows;

use std::{path::Path, process::Output};

use diesel::{
    Connection, QueryableByName, SqliteConnection,
    sql_types::{Integer, Text},
};

use crate::support::Service;

/// Columns that hold only the numbers 0 and 1.
const SWITCHES: [&str; 6] = [
    "email_verified",
    "disabled",
    "remembered",
    "backup_eligible",
    "backed_up",
    "confirms",
];

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

fn copy(folder: &Path, from: &str, to: &str) -> Output {
    Service::command_in(folder, &[])
        .args(["database", "copy", "--from", from, "--to", to])
        .output()
        .unwrap()
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    count: i32,
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

/// Returns a value for row `n`, in SQL.
fn value(table: &str, Column { name, kind }: &Column) -> String {
    if SWITCHES.contains(&name.as_str()) {
        return String::from("n % 2");
    }
    let is_user = name == "user_id" || (table, name.as_str()) == ("users", "id");
    let seed = if is_user { "user" } else { name };
    match kind.as_str() {
        // Letters of both cases and a hyphen, because bytes and collations sort them differently.
        "TEXT" => format!("CASE n % 2 WHEN 0 THEN 'a-' ELSE 'B' END || '{seed}-민지-' || n"),
        "BLOB" => format!("CAST('{seed}' || n || x'00ff' AS BLOB)"),
        "INTEGER" => format!("9007199254740993 + n * 1000 + {}", name.len()),
        other => panic!("{table}.{name} is {other}, which no test row has"),
    }
}
