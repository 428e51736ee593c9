//! What the product does, one file a use case; it must not know HTTP, nor SQL.

mod accounts;
mod admin;
mod emails;
mod error;
mod integrations;
mod outbox;
mod passwords;
mod purge;
mod sessions;
mod throttle;
mod tokens;

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::timeout};

use crate::{
    blocking::{self, Interrupted},
    clock::Clock,
    domain::{
        credential::secret::Secret, modes::EmailVerification, rate_limit::RateLimits,
        session::Lifetime,
    },
    hash::Hasher,
    mail::Mailer,
    store::{Db, StoreError, Tx},
};

pub use crate::store::Unique;
pub use accounts::sign_up::{IdempotencyKey, SignUp, SignedUp};
pub use admin::users::NewAccount;
pub use emails::change::EmailChange;
pub use emails::proofs::{MailboxProof, Proof, VerifyEmail};
pub use error::Error;
pub use integrations::introspect::{Active, ServiceKey};
pub use passwords::change::PasswordChange;
pub use passwords::estimator::Judge;
pub use sessions::log_in::LogIn;
pub use sessions::session::{Caller, NewSession, SessionRequest, Visitor};
pub use throttle::approx_counter::Sightings;
pub use throttle::backlog::Backlog;
pub use throttle::proof_of_work::{Captcha, CaptchaChallenge};
pub use throttle::waiting::WaitingLines;
pub use tokens::access_tokens::{AccessToken, Issuing, KeyRing, PublishedKey};

/// The accounts and their sessions: a cheap handle to all that the use cases need.
#[derive(Clone, Debug)]
pub struct Service(Arc<Parts>);

/// What the use cases are made of.
#[derive(Debug)]
pub struct Parts {
    /// Where accounts are kept.
    pub db: Db,
    /// What hashes their passwords.
    pub hasher: Hasher,
    /// What estimates the strength of new passwords.
    pub judge: Judge,
    /// What tells the time.
    pub clock: Clock,
    /// How long remembered sessions live.
    pub lifetime: Lifetime,
    /// What signs challenges and keys digests.
    pub secret: Secret,
    /// Whose access tokens are issued, and for whom.
    pub issuing: Issuing,
    /// The keys that sign them.
    pub key_ring: KeyRing,
    /// What sends mail, if anything does.
    pub mailer: Option<Mailer>,
    /// What wakes the sender of mail.
    pub mail_waiting: Notify,
    /// Requests for mail that wait.
    pub mail_requests: Backlog,
    /// Sign-ups that wait.
    pub pending_sign_ups: Backlog,
    /// What an unverified address may do; without mail everything.
    pub email_verification: EmailVerification,
    /// What keeps guessing and flooding in bounds, if anything does.
    pub limits: Option<RateLimits>,
    /// The attempts that wait for a place within the limits.
    pub waiting: WaitingLines,
    /// How long an attempt waits for a place or a hash at most.
    pub hash_deadline: Duration,
    /// What asks for proofs of work.
    pub captcha: Captcha,
    /// Whose networks signed up of late.
    pub sign_ups_seen: Sightings,
    /// Whether owners are told of a log-in from a new device.
    pub device_notices: bool,
}

impl Service {
    /// The use cases over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Whether the database answers and is migrated.
    pub async fn is_ready(&self) -> Result<(), Error> {
        self.asked(Db::is_ready).await
    }

    /// Finishes the hashing that was accepted and folds the database's log, so that nothing is left to do.
    pub async fn close(&self) -> Result<(), Error> {
        self.0.hasher.drain().await;
        let db = self.0.db.clone();
        Ok(blocking::run(move || db.checkpoint()).await??)
    }

    /// Looks something up where it stands, if that is possible, and on a thread that may wait otherwise.
    async fn look_up<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        match self.0.db.try_read_inline(&work) {
            Some(found) => Ok(found),
            None => self.read(work).await,
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        self.asked(move |db| db.read(work)).await
    }

    /// Runs `work` in one transaction. An error of any kind rolls it back.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.asked(move |db| db.write(work)).await
    }

    /// What the database says to this, on a thread that may wait. A server that neither answers nor goes away keeps that thread;
    /// whoever asked is told that it is away, and as with a lost connection, it may have come to pass.
    async fn asked<T: Send + 'static, E: Send + 'static, F>(
        &self,
        question: impl FnOnce(&Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, F>
    where
        F: From<E> + From<StoreError> + From<Interrupted>,
    {
        let db = self.0.db.clone();
        let answer = blocking::run(move || question(&db));
        let answered = match self.0.db.answer_deadline() {
            Some(patience) => timeout(patience, answer)
                .await
                .map_err(|_elapsed| StoreError::timed_out())?,
            None => answer.await,
        };
        Ok(answered??)
    }
}
