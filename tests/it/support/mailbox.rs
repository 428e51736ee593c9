//! What stands in mails, derived from the database as the service itself derives it: for tests that are not about sending them.

use std::path::Path;

use daemun::{
    domain::{
        challenge::{self, Challenge, Life, Purpose},
        email::Email,
        secret::Secret,
        time::Timestamp,
        user::{ChallengeId, UserId},
    },
    store::{Database, Db, challenges, secrets, users},
};
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_types::Text, sqlite::SqliteConnection};

/// The mailboxes of everybody who has to do with one database.
pub struct Mailbox {
    db: Db,
    secret: Secret,
    path: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: String,
}

impl Mailbox {
    /// Of a service with this database file, which is running.
    pub fn of(database: &Path) -> Self {
        let db = Db::open(&Database::Sqlite(database.to_owned())).unwrap();
        let long_ago = Timestamp::from_micros(0);
        let secret = db
            .write(|tx| secrets::get_or_keep(tx, &[0; 32], long_ago))
            .unwrap();
        let path = database.to_str().unwrap().to_owned();
        Self { db, secret, path }
    }

    /// How many challenges for this purpose wait for this mailbox.
    pub fn count(&self, purpose: Purpose, email: &str) -> usize {
        self.waiting(purpose, email).len()
    }

    /// The code of the newest mail with this purpose.
    pub fn code(&self, purpose: Purpose, email: &str) -> String {
        challenge::code(&self.secret, purpose, self.newest(purpose, email))
    }

    /// The token in the link of the newest mail with this purpose.
    pub fn token(&self, purpose: Purpose, email: &str) -> String {
        challenge::token(&self.secret, purpose, self.newest(purpose, email))
    }

    /// The kinds of all messages that were ever written, the oldest first.
    pub fn kinds(&self) -> Vec<String> {
        self.all("SELECT kind AS id FROM outbox ORDER BY rowid")
    }

    /// How many requests nobody has looked into yet.
    pub fn requests_waiting(&self) -> usize {
        let query = "SELECT id FROM outbox WHERE kind LIKE '%_requested' AND state = 'waiting' \
                     AND kind <> 'email_change_requested'";
        self.all(query).len()
    }

    /// How many tries are left of the newest code with this purpose.
    pub fn tries_left(&self, purpose: Purpose, email: &str) -> String {
        let query = "SELECT CAST(tries_left AS TEXT) AS id FROM challenges WHERE email_key = ?1 AND purpose = ?2";
        self.rows(query, email, purpose.as_str()).pop().unwrap()
    }

    /// The token of a challenge that is made for this test, for whoever has this address.
    pub fn forge(&self, purpose: Purpose, email: &str, now: Timestamp) -> String {
        let email = Email::parse(email).unwrap();
        let owner = self.db.read(|tx| users::by_email(tx, email.key())).unwrap();
        self.forge_for(owner.unwrap().user.id, purpose, email, now)
    }

    fn forge_for(&self, user: UserId, purpose: Purpose, email: Email, now: Timestamp) -> String {
        let id = ChallengeId::new(now, &[7; 10]);
        let forged = Challenge {
            id,
            user,
            purpose,
            email,
        };
        let life = Life::new(purpose, now, true);
        self.db
            .write(|tx| challenges::insert(tx, &forged, &life))
            .unwrap();
        challenge::token(&self.secret, purpose, id)
    }

    #[track_caller]
    fn newest(&self, purpose: Purpose, email: &str) -> ChallengeId {
        let waiting = self.waiting(purpose, email);
        let newest = waiting.last().expect("a mail with this purpose");
        ChallengeId::parse(newest).unwrap()
    }

    fn waiting(&self, purpose: Purpose, email: &str) -> Vec<String> {
        let query = "SELECT id, rowid AS place FROM challenges WHERE email_key = ?1 AND purpose = ?2 UNION ALL \
                     SELECT id, rowid FROM pending_sign_ups WHERE email_key = ?1 AND ?2 = 'sign_up' ORDER BY place";
        self.rows(query, email, purpose.as_str())
    }

    fn all(&self, query: &str) -> Vec<String> {
        let mut connection = SqliteConnection::establish(&self.path).unwrap();
        let rows: Vec<Found> = diesel::sql_query(query).load(&mut connection).unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }

    fn rows(&self, query: &str, email: &str, purpose: &str) -> Vec<String> {
        let mut connection = SqliteConnection::establish(&self.path).unwrap();
        let rows: Vec<Found> = diesel::sql_query(query)
            .bind::<Text, _>(email.to_lowercase())
            .bind::<Text, _>(purpose)
            .load(&mut connection)
            .unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}
