//! Contents of mails, derived from the database like in the service, for tests that send no mail.

use std::cell::RefCell;

use daemun::{
    domain::{
        account::{
            email::Email,
            ids::{ChallengeId, InvitationId, UserId},
        },
        credential::{
            challenge::{self, Challenge, ChallengeLifetime, Purpose},
            invitation,
            secret::Secret,
        },
        timestamp::Timestamp,
    },
    store::{
        Db,
        tables::{challenges, secrets, users},
    },
};

use super::super::database::Sql;

/// All mailboxes of one database.
pub struct Mailbox {
    db: Db,
    secret: Secret,
    sql: RefCell<Sql>,
}

impl Mailbox {
    /// Returns the mailboxes of a running service. Its database is opened twice.
    pub fn of(db: Db, mut sql: Sql) -> Self {
        let long_ago = Timestamp::from_micros(0);
        let secret = db
            .write(|tx| secrets::get_or_insert(tx, &[0; 32], long_ago))
            .unwrap();
        for table in ["outbox", "challenges", "pending_sign_ups"] {
            sql.ordered(table);
        }
        let sql = RefCell::new(sql);
        Self { db, secret, sql }
    }

    /// Counts the challenges for this purpose and mailbox.
    pub fn count(&self, purpose: Purpose, email: &str) -> usize {
        self.waiting(purpose, email).len()
    }

    /// Returns the code of the newest mail with this purpose.
    pub fn code(&self, purpose: Purpose, email: &str) -> String {
        challenge::code(&self.secret, purpose, self.newest(purpose, email))
    }

    /// Returns the token in the link of the newest mail with this purpose.
    pub fn token(&self, purpose: Purpose, email: &str) -> String {
        challenge::token(&self.secret, purpose, self.newest(purpose, email))
    }

    /// Returns the token of the newest invitation for this address.
    pub fn invitation(&self, email: &str) -> String {
        let query =
            "SELECT id AS text FROM invitations WHERE email_key = $1 AND $2 = '' ORDER BY id";
        let ids = self
            .sql
            .borrow_mut()
            .texts(query, &email.to_lowercase(), "");
        let newest = ids.last().expect("an invitation for this address");
        let id = InvitationId::parse(newest).unwrap();
        invitation::token(&self.secret, id).expose().to_owned()
    }

    /// Returns the kinds of all messages that were ever enqueued, the oldest first.
    pub fn kinds(&self) -> Vec<String> {
        let mut sql = self.sql.borrow_mut();
        let place = sql.place();
        let query = format!(
            "SELECT kind AS text FROM outbox WHERE kind <> $1 AND kind <> $2 ORDER BY {place}"
        );
        sql.texts(&query, "", "")
    }

    /// Counts the waiting mail requests.
    pub fn requests_waiting(&self) -> i64 {
        let mut sql = self.sql.borrow_mut();
        sql.numbers("SELECT count(*) AS number FROM mail_requests")[0]
    }

    /// Returns the remaining attempts at the newest code with this purpose.
    pub fn tries_left(&self, purpose: Purpose, email: &str) -> String {
        let mut sql = self.sql.borrow_mut();
        let place = sql.place();
        let query = format!(
            "SELECT CAST(tries_left AS TEXT) AS text FROM challenges WHERE email_key = $1 AND purpose = $2 ORDER BY {place}"
        );
        let left = sql.texts(&query, &email.to_lowercase(), purpose.as_str());
        left.into_iter().next_back().unwrap()
    }

    /// Creates a challenge for the owner of this address. Returns its token.
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
        let life = ChallengeLifetime::new(purpose, now, true);
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
        let mut sql = self.sql.borrow_mut();
        let place = sql.place();
        let table = match purpose {
            Purpose::SignUp => "pending_sign_ups WHERE email_key = $1 AND $2 <> ''",
            Purpose::VerifyEmail
            | Purpose::ChangeEmail
            | Purpose::ResetPassword
            | Purpose::LogIn => "challenges WHERE email_key = $1 AND purpose = $2",
        };
        let query = format!("SELECT id AS text FROM {table} ORDER BY {place}");
        sql.texts(&query, &email.to_lowercase(), purpose.as_str())
    }
}
