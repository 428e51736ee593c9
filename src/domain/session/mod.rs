//! Sessions: how long they live and what is known of them; it must not know how they are kept or carried.

pub mod access_token;
pub mod device;
pub mod signing_key;

use std::time::Duration;

use super::{
    account::{
        ids::{SessionId, UserId},
        user::User,
    },
    credential::token::TokenHash,
    timestamp::Timestamp,
};

/// Life of a session that is not remembered: one day from log-in, used or not.
pub const UNREMEMBERED: Duration = Duration::from_hours(24);

/// `last_seen_at` is written at most this often, so that reading stays reading.
pub const TOUCH_INTERVAL: Duration = Duration::from_hours(1);

/// Sessions an account may have; one more ends the oldest.
pub const PER_ACCOUNT: usize = 100;

/// How long remembered sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Without being used.
    pub idle: Duration,
    /// At most, used or not.
    pub max: Duration,
}

/// A session as the database keeps it, without its token.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its name; no access.
    pub id: SessionId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_seen_at: Timestamp,
    /// When it ends if it is not used again.
    pub expires_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// Whether it was asked to outlive the browser.
    pub remembered: bool,
    /// The network address it was opened from.
    pub ip: String,
    /// What opened it, as its `User-Agent` said.
    pub user_agent: String,
}

/// A session to be kept, with whose it is and the digest of its token.
#[derive(Debug)]
pub struct SessionRecord {
    /// Whose.
    pub user_id: UserId,
    /// What its bearer's token must hash to.
    pub token_hash: TokenHash,
    /// The recognized device that it was opened from.
    pub device: Option<TokenHash>,
    /// The rest.
    pub session: Session,
}

/// Whose token it is: an account's, through one of its sessions.
#[derive(Clone, Debug)]
pub struct AuthenticatedSession {
    /// The account.
    pub user: User,
    /// The session.
    pub session: Session,
}

impl Session {
    /// How long a browser keeps its cookie beyond its own life; `None` for a session that is not remembered.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        let micros = self
            .ends_at
            .as_micros()
            .saturating_sub(self.created_at.as_micros());
        self.remembered
            .then(|| Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }
}

impl Lifetime {
    /// The earlier and the latest end of a session opened at `now`.
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

    /// When a session that is used at `now` ends next, or `None` where that was written within the hour.
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
