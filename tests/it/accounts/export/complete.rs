//! The export holds every column of every table that has rows of an account, and no secret.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    columns::{Column, OTHERS, Place, tables},
    exported, printed,
};
use crate::support::{Account, Service, Sql};

/// Returns the tables and columns of the database, as `table.column`.
fn stored_columns(sql: &mut Sql) -> BTreeSet<String> {
    let query = match sql {
        Sql::Sqlite(_) => {
            "SELECT tables.name || '.' || columns.name AS text \
             FROM sqlite_master tables, pragma_table_info(tables.name) columns \
             WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND $1 = $2"
        }
        Sql::Postgres(_) => {
            "SELECT table_name || '.' || column_name AS text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND $1 = $2"
        }
    };
    sql.texts(query, "", "").into_iter().collect()
}

#[test]
fn every_column_is_exported_or_left_out_for_a_reason() {
    let service = Service::start();
    let stored = stored_columns(&mut service.sql());
    let is_of_another = |name: &&String| {
        let table = name.split('.').next().unwrap();
        OTHERS.iter().any(|(other, _)| *other == table)
    };
    let personal: BTreeSet<_> = stored.iter().filter(|name| !is_of_another(name)).collect();
    let mut listed = BTreeSet::new();
    for (table, columns) in tables() {
        for (column, _, place) in *columns {
            listed.insert(format!("{table}.{column}"));
            if let Place::Hidden(reason) = place {
                assert!(!reason.is_empty(), "{table}.{column}");
            }
        }
    }
    assert_eq!(personal, listed.iter().collect(), "a column has no place");
    for (table, reason) in OTHERS {
        let exists = stored
            .iter()
            .any(|name| name.starts_with(&format!("{table}.")));
        assert!(exists && !reason.is_empty(), "{table}");
    }
}

/// Stores one row in every table, the account's own.
fn fill(sql: &mut Sql, account: &Account) {
    for (table, columns) in tables() {
        let names: Vec<_> = columns
            .iter()
            .map(|(name, ..)| format!("\"{name}\""))
            .collect();
        let values: Vec<_> = columns
            .iter()
            .map(|(_, value, _)| value.sql(sql, &account.id))
            .collect();
        let statement = if *table == "users" {
            let pairs = names.iter().zip(&values);
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            format!("UPDATE users SET {}", pairs.join(", "))
        } else {
            let (names, values) = (names.join(", "), values.join(", "));
            format!("INSERT INTO {table} ({names}) VALUES ({values})")
        };
        assert_eq!(sql.change(&statement), 1, "{table}");
    }
}

/// Compares the export with the rows.
fn compare(document: &Value, owner: &str) {
    for (table, columns) in tables() {
        for &(column, value, place) in *columns {
            if let Place::At(pointer) = place {
                let found = document.pointer(pointer);
                assert_eq!(found, Some(&value.shown(owner)), "{table}.{column}");
            }
        }
    }
    let method = document.pointer("/events/0/detail/method");
    assert_eq!(method, Some(&Value::from("password")));
}

fn hidden() -> impl Iterator<Item = &'static Column> {
    let columns = tables().flat_map(|(_, columns)| columns.iter());
    columns.filter(|(_, _, place)| matches!(place, Place::Hidden(_)))
}

#[test]
fn the_export_has_every_row_of_the_account_and_no_secret() {
    let service = Service::start();
    let account = service.sign_up("minji");
    fill(&mut service.sql(), &account);
    for document in [exported(&service, &account), printed(&service, "minji")] {
        compare(&document, &account.id);
        let text = document.to_string();
        for (column, value, _) in hidden() {
            for trace in value.traces() {
                assert!(!text.contains(&trace), "{column}: {trace}");
            }
        }
        for secret in [account.token.as_str(), "$2b$", "dms_", "dmd_"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[test]
fn the_export_has_no_row_of_another_account() {
    let service = Service::start();
    let account = service.sign_up("minji");
    let before = exported(&service, &account);
    let other = service.sign_up("seojun");
    service.log_in("seojun");
    let document = exported(&service, &account);
    for list in ["sessions", "devices", "mailed_codes", "waiting_mails"] {
        assert_eq!(document[list], before[list], "{list}");
    }
    let text = document.to_string();
    for trace in [&other.id, &other.session_id, &other.email, &other.username] {
        assert!(!text.contains(trace.as_str()), "{trace}");
    }
}
