//! The database that a text about the store is held on: of the kind that the run is about.

use std::path::Path;

use daemun::store::{Database, Db};

use super::Home;

/// Holds `behaviour` on an empty, migrated database.
pub fn on_a_database(behaviour: impl Fn(&Db)) {
    let home = Home::new();
    let db = home.db();
    db.migrate().unwrap();
    behaviour(&db);
}

/// A migrated SQLite file.
pub fn migrated_sqlite(path: &Path) -> Db {
    let db = Db::open(&Database::Sqlite(path.to_owned())).unwrap();
    db.migrate().unwrap();
    db
}
