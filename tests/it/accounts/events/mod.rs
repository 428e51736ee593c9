//! The audit log: its rows, and the transactions that write them.

mod atomic;
mod bounds;
mod command;
mod deletion;
mod documentation;
mod list;
mod owner;
mod refused;
mod retention;

use serde_json::{Value, json};

use crate::support::{Service, Sql};

/// An event as its row has it.
#[derive(Debug, PartialEq, Eq)]
struct Audited {
    name: String,
    actor: String,
    user: Option<String>,
    ip: Option<String>,
    session: Option<String>,
    request: Option<String>,
    detail: Value,
    count: u64,
}

/// Returns the rows of the audit log in their order.
fn audited(sql: &mut Sql) -> Vec<Audited> {
    let columns = ["user_id", "ip", "session_id", "request_id", "detail"];
    let columns = columns.map(|column| format!("coalesce({column}, '') || '\t' || "));
    let query = format!(
        "SELECT type || '\t' || actor || '\t' || {} CAST(count AS TEXT) AS text \
         FROM events WHERE type <> $1 AND type <> $2 ORDER BY id",
        columns.concat()
    );
    let rows = sql.texts(&query, "", "signing_key.created");
    rows.iter().map(|row| parse(row)).collect()
}

fn parse(row: &str) -> Audited {
    let columns: Vec<_> = row.split('\t').collect();
    let optional = |number: usize| Some(columns[number].to_owned()).filter(|text| !text.is_empty());
    Audited {
        name: columns[0].to_owned(),
        actor: columns[1].to_owned(),
        user: optional(2),
        ip: optional(3),
        session: optional(4),
        request: optional(5),
        detail: optional(6).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap()),
        count: columns[7].parse().unwrap(),
    }
}

fn named<'a>(rows: &'a [Audited], name: &str) -> Vec<&'a Audited> {
    rows.iter().filter(|row| row.name == name).collect()
}

/// Tries to log in. Returns the status.
fn log_in(service: &Service, identifier: &str, password: &str) -> u16 {
    log_in_from(service, identifier, password, "192.0.2.1")
}

/// The same from a client IP, which the service reads from its proxy.
fn log_in_from(service: &Service, identifier: &str, password: &str, ip: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": password });
    let call = service.post("/login", &body);
    call.header("x-forwarded-for", ip).send().status
}
