//! Rows of the store, each distinguished by a number.

use std::time::Duration;

use daemun::{
    domain::{
        account::{
            attributes::Attributes,
            email::Email,
            ids::{SessionId, UserId},
            user::User,
            username::Username,
        },
        credential::token::{PlainToken, TokenKind},
        session::{Session, SessionRecord, authentication_methods::AuthenticationMethods},
        timestamp::Timestamp,
    },
    store::{
        Db, StoreError, Tx, Unique,
        tables::{idempotency_keys::IdempotencyKeyUse, sessions, users},
    },
};

/// The time at which the rows are created.
pub const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
pub const HOUR: Duration = Duration::from_hours(1);

/// Returns the account of this number.
pub fn user(number: u8) -> User {
    User {
        id: UserId::new(NOW, &[number; 10]),
        username: Username::parse(&format!("Person{number}")).unwrap(),
        email: Email::parse(&format!("Person{number}@example.com")).unwrap(),
        email_verified: number.is_multiple_of(2),
        created_at: NOW,
        attributes: Attributes::default(),
    }
}

pub fn keep(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    let password_hash = "first";
    users::insert(
        tx,
        &users::NewUser {
            user,
            password_hash,
        },
    )
}

/// Returns a session of `user` that was created `age` before now and lives for an hour.
pub fn session(user: &User, number: u8, age: Duration) -> (PlainToken, SessionRecord) {
    let token = PlainToken::new(TokenKind::Session, [number; 32]);
    let created_at = NOW.minus(age);
    let session = Session {
        id: SessionId::new(created_at, &[number; 10]),
        created_at,
        last_seen_at: created_at,
        expires_at: created_at.plus(HOUR),
        ends_at: created_at.plus(HOUR * 2),
        remembered: number.is_multiple_of(2),
        ip: "2001:db8::1".into(),
        user_agent: "그리고/1.0".into(),
        auth_time: created_at,
        amr: AuthenticationMethods::password(),
        confirmed_at: None,
    };
    let (user_id, token_hash) = (user.id, token.digest());
    (
        token,
        SessionRecord {
            user_id,
            token_hash,
            device: None,
            session,
        },
    )
}

pub fn open(db: &Db, new: &SessionRecord) {
    db.write(|tx| sessions::insert(tx, new)).unwrap();
}

pub fn kept(db: &Db, number: u8) -> User {
    let user = user(number);
    db.write(|tx| keep(tx, &user)).unwrap();
    user
}

pub fn key(number: u8) -> IdempotencyKeyUse {
    IdempotencyKeyUse {
        key_hash: [number; 32],
        body_hash: [!number; 32],
    }
}

/// Returns the uniqueness rule that was violated.
pub fn taken(outcome: Result<(), StoreError>) -> Unique {
    match outcome {
        Err(StoreError::Taken(unique)) => unique,
        other => panic!("{other:?}"),
    }
}
