//! Sessions and their lifetimes.

pub mod access_token;
pub mod authentication_methods;
pub mod device;
pub mod second_factor;
pub mod signing_key;
pub mod transport;

use std::time::Duration;

use super::{
    account::{
        ids::{SessionId, UserId},
        user::User,
    },
    credential::token::TokenHash,
    timestamp::Timestamp,
};
use authentication_methods::AuthenticationMethods;

/// The lifetime of a session that is not remembered: one day from login, used or not.
pub const UNREMEMBERED: Duration = Duration::from_hours(24);

/// The least time between writes of `last_seen_at`, so that most requests only read.
pub const TOUCH_INTERVAL: Duration = Duration::from_hours(1);

/// The most sessions of an account; one more deletes the oldest.
pub const PER_ACCOUNT: usize = 100;

/// The time for which a confirmation of a session counts.
pub const CONFIRMATION_LIFE: Duration = Duration::from_mins(10);

/// The lifetime of remembered sessions.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// The longest time without use.
    pub idle: Duration,
    /// The longest time, used or not.
    pub max: Duration,
}

/// A session as the database stores it, without its token.
#[derive(Clone, Debug)]
pub struct Session {
    /// The id, which gives no access.
    pub id: SessionId,
    /// The time of the login.
    pub created_at: Timestamp,
    /// The time of the last use, to the hour.
    pub last_seen_at: Timestamp,
    /// The expiry without further use.
    pub expires_at: Timestamp,
    /// The latest expiry.
    pub ends_at: Timestamp,
    /// Set if the session outlives the browser.
    pub remembered: bool,
    /// The client IP of the login.
    pub ip: String,
    /// The `User-Agent` of the login.
    pub user_agent: String,
    /// The time at which the owner was authenticated (the claim `auth_time`).
    pub auth_time: Timestamp,
    /// The methods by which the owner was authenticated (the claim `amr`).
    pub amr: AuthenticationMethods,
    /// The last time at which the owner presented every factor, if it was in this session.
    pub confirmed_at: Option<Timestamp>,
}

/// A session to insert, with its account and the digest of its token.
#[derive(Debug)]
pub struct SessionRecord {
    /// The account.
    pub user_id: UserId,
    /// The digest of its token.
    pub token_hash: TokenHash,
    /// The recognized device of the login.
    pub device: Option<TokenHash>,
    /// The session.
    pub session: Session,
}

/// The account and the session of a token.
#[derive(Clone, Debug)]
pub struct AuthenticatedSession {
    /// The account.
    pub user: User,
    /// The session.
    pub session: Session,
}

impl Session {
    /// Returns the time for which a browser stores the cookie, or `None` if it deletes the cookie
    /// when it closes.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        let micros = self
            .ends_at
            .as_micros()
            .saturating_sub(self.created_at.as_micros());
        self.remembered
            .then(|| Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }

    /// Returns whether the owner confirmed the session within [`CONFIRMATION_LIFE`].
    #[must_use]
    pub fn is_confirmed(&self, now: Timestamp) -> bool {
        let confirmed_at = self.confirmed_at;
        confirmed_at.is_some_and(|confirmed_at| now < confirmed_at.plus(CONFIRMATION_LIFE))
    }
}

impl Lifetime {
    /// Returns the first and the latest expiry of a session that starts at `now`.
    #[must_use]
    pub fn ends(self, remembered: bool, now: Timestamp) -> (Timestamp, Timestamp) {
        if remembered {
            let latest = now.plus(self.max);
            (now.plus(self.idle).min(latest), latest)
        } else {
            let latest = now.plus(UNREMEMBERED);
            (latest, latest)
        }
    }

    /// Returns the new expiry of a session that is used at `now`, or `None` if one was stored
    /// within the hour.
    #[must_use]
    pub fn extended(self, session: &Session, now: Timestamp) -> Option<Timestamp> {
        if now < session.last_seen_at.plus(TOUCH_INTERVAL) {
            return None;
        }
        Some(if session.remembered {
            now.plus(self.idle).min(session.ends_at)
        } else {
            session.expires_at
        })
    }
}
