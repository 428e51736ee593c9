//! Migrated databases for tests of the store.

use std::path::Path;

use daemun::store::{DatabaseSettings, Db};

use super::Home;

/// Runs `behaviour` on an empty, migrated database of the run's kind.
pub fn on_a_database(behaviour: impl Fn(&Db)) {
    let home = Home::new();
    let db = home.db();
    db.migrate().unwrap();
    behaviour(&db);
}

/// Opens a migrated SQLite file.
pub fn migrated_sqlite(path: &Path) -> Db {
    let db = Db::open(&DatabaseSettings::Sqlite(path.to_owned())).unwrap();
    db.migrate().unwrap();
    db
}
