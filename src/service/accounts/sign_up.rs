//! Sign-up: an account and its first session in one transaction; a repeated one is a log-in.

use std::time::Duration;

use crate::{
    clock,
    domain::{
        account::{email::Email, ids::UserId, user::User, username::Username},
        credential::{
            password::{NewPassword, Password},
            token::TokenHash,
        },
        message::MessageKind,
        modes::EmailVerification,
        session::{SessionRecord, device::NewDevice},
        timestamp::Timestamp,
    },
    service::{
        Error, NewSession, Service, SessionRequest, Unique,
        outbox::messages::Trigger,
        throttle::{keys::CountedMail, proof_of_work::Check, sign_ups::Admission},
    },
    store::{
        StoreError, Tx,
        tables::{devices, idempotency_keys, sessions, users},
    },
};

pub use crate::store::tables::idempotency_keys::IdempotencyKeyUse as IdempotencyKey;

/// How long a key is remembered.
const KEY_LIFE: Duration = Duration::from_hours(24);

/// What somebody who signs up asks for.
pub struct SignUp {
    /// The user name.
    pub username: Username,
    /// The address.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// The session to open.
    pub opening: SessionRequest,
    /// Makes a repetition safe.
    pub key: Option<IdempotencyKey>,
    /// A proof of work, as the client wrote it.
    pub captcha: Option<String>,
}

/// What became of a sign-up.
#[derive(Debug)]
pub enum SignedUp {
    /// The account exists and has its first session.
    Opened(Box<NewSession>),
    /// The account exists from verification on.
    Waits,
}

impl Service {
    /// Makes an account and opens its first session; where a verified address is required, keeps the sign-up until it is verified.
    pub async fn sign_up(&self, want: SignUp) -> Result<SignedUp, Error> {
        if self.demands_verification() {
            self.sign_up_later(want).await?;
            return Ok(SignedUp::Waits);
        }
        let opened = self.sign_up_at_once(want).await?;
        Ok(SignedUp::Opened(Box::new(opened)))
    }

    /// With a key that was used before, a sign-up is a log-in of the account that the key made: an answer that got lost is given
    /// again, and to nobody but its owner.
    async fn sign_up_at_once(&self, want: SignUp) -> Result<NewSession, Error> {
        let proof = want.captcha.as_deref();
        let check = self.0.captcha.check(proof, self.0.clock.now());
        if let Some(opened) = self.repeated(&want, Some(check)).await? {
            return Ok(opened);
        }
        let (admission, password_hash) = self.hashed(&want).await?;
        match self.create(&want, password_hash, admission.clone()).await {
            Err(Error::Taken(found)) => {
                self.count_sign_up(admission).await?;
                // The same sign-up, sent twice at once, may have come first. This one passed the proofs of work already.
                if let Some(opened) = self.repeated(&want, None).await? {
                    return Ok(opened);
                }
                let taken = self.all_taken(&want.username, &want.email, found).await?;
                if taken.contains(&Unique::Email) {
                    self.tell_owner(&want).await?;
                }
                Err(Error::Taken(taken))
            }
            other => other,
        }
    }

    /// Admits a sign-up to hashing, if its password is a good one.
    pub(crate) async fn admitted(&self, want: &SignUp) -> Result<Admission, Error> {
        let admission = self
            .admit_sign_up(&want.opening.ip, want.captcha.as_deref())
            .await?;
        let strong = self.refuse_weak(&want.password, want.username.as_str(), want.email.as_str());
        if let Err(refused) = strong.await {
            if matches!(refused, Error::PasswordRefused(_)) {
                self.count_sign_up(admission).await?;
            }
            return Err(refused);
        }
        Ok(admission)
    }

    /// The stored form of the password of a sign-up that is admitted.
    async fn hashed(&self, want: &SignUp) -> Result<(Admission, String), Error> {
        let awaited = self.admitted(want).await?.awaited(self);
        let password_hash = self.0.hasher.hash(want.password.expose()).await;
        Ok((awaited.ended(), password_hash?))
    }

    async fn create(
        &self,
        want: &SignUp,
        password_hash: String,
        admission: Admission,
    ) -> Result<NewSession, Error> {
        let now = self.0.clock.now();
        let user = new_user(want.username.clone(), want.email.clone(), now);
        let (device_token, device) = self.new_device(user.id, now).unzip();
        let opened_from = device.as_ref().map(|new| new.token_hash.clone());
        let (token, new_session) = self.new_session(user.id, &want.opening, opened_from, now);
        let session = new_session.session.clone();
        let rows = FirstRows {
            user: user.clone(),
            password_hash,
            key: want.key.clone(),
            replaces: want.opening.replaces.clone(),
            device,
            session: new_session,
        };
        let trigger = self.trigger(&user.email, &want.opening.ip, want.opening.language);
        let accounts = self.clone();
        self.write(move |tx| {
            admission.pass(tx)?;
            rows.insert(tx, now)?;
            Ok(accounts.welcome(tx, &rows.user, trigger, now)?)
        })
        .await?;
        self.mail_is_waiting();
        tracing::info!(event = "user.signed_up", user.id = %user.id, session.id = %session.id, client.ip = %want.opening.ip, "an account was made");
        Ok(NewSession {
            user,
            session,
            token,
            device: device_token,
        })
    }

    /// Asks a new owner to verify the address, where that is left to him.
    fn welcome(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.0.email_verification == EmailVerification::Optional {
            self.ask_to_verify(tx, user, trigger, now)?;
        }
        Ok(())
    }

    /// Tells the owner of an address that somebody signed up with it.
    async fn tell_owner(&self, want: &SignUp) -> Result<(), Error> {
        if self.0.email_verification == EmailVerification::Off {
            return Ok(());
        }
        let (accounts, now) = (self.clone(), self.0.clock.now());
        let (mailbox, language) = (want.email.key().clone(), want.opening.language);
        let client = Some(self.mail_client(&mailbox, &want.opening.ip));
        self.write(move |tx| {
            let mail = CountedMail {
                kind: MessageKind::AccountExists,
                mailbox: &mailbox,
                client,
            };
            match users::by_email(tx, &mailbox)? {
                Some(owner) if accounts.mail_allowed(tx, &mail, now)? => Ok(accounts.notify(
                    tx,
                    &owner.user,
                    MessageKind::AccountExists,
                    language,
                    now,
                )?),
                Some(_) | None => Ok(()),
            }
        })
        .await?;
        self.mail_is_waiting();
        Ok(())
    }

    /// The log-in that a used key stands for, or `None` where the key is new. It is counted and needs a proof of work like any other
    /// log-in.
    async fn repeated(
        &self,
        want: &SignUp,
        check: Option<Check>,
    ) -> Result<Option<NewSession>, Error> {
        let Some(key) = &want.key else {
            return Ok(None);
        };
        let (key_hash, now) = (key.key_hash, self.0.clock.now());
        let used = self
            .read(move |tx| {
                let Some((user, body)) = idempotency_keys::by_key(tx, &key_hash, now)? else {
                    return Ok(None);
                };
                Ok(Some((users::by_id(tx, user)?, body)))
            })
            .await?;
        let Some((found, body)) = used else {
            return Ok(None);
        };
        let found = found.filter(|_| body == key.body_hash);
        let password = Password::presented(want.password.expose());
        let mut attempt = self.retry_attempt(key, found.as_ref(), &want.opening);
        if let Some(check) = check {
            attempt = attempt.behind(check);
        }
        let (verified, reservation) = self.tried(attempt, found, password.as_ref()).await?;
        match verified {
            Ok(credentials) if !credentials.disabled => {
                let opened = self.open_session(&credentials, &want.opening, reservation);
                match opened.await {
                    Err(Error::InvalidCredentials) => Err(Error::IdempotencyKeyReused),
                    opened => opened.map(Some),
                }
            }
            Ok(_disabled) => {
                self.take_back(reservation).await;
                Err(Error::IdempotencyKeyReused)
            }
            Err(account) => {
                let account = account.map(|id| id.to_string());
                tracing::warn!(event = "login.failed", user.id = account, client.ip = %want.opening.ip, "a retry of a sign-up failed");
                Err(Error::IdempotencyKeyReused)
            }
        }
    }

    /// Both keys are read after a violation: the database stops at the first, the client wants to mend all at once.
    pub(crate) async fn all_taken(
        &self,
        username: &Username,
        email: &Email,
        found: Vec<Unique>,
    ) -> Result<Vec<Unique>, Error> {
        let (username, email) = (username.key().clone(), email.key().clone());
        let all = self
            .read(move |tx| users::taken_keys(tx, &username, &email))
            .await?;
        Ok(if all.is_empty() { found } else { all })
    }
}

/// What an account begins with.
struct FirstRows {
    user: User,
    password_hash: String,
    key: Option<IdempotencyKey>,
    replaces: Option<TokenHash>,
    device: Option<NewDevice>,
    session: SessionRecord,
}

impl FirstRows {
    fn insert(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        users::insert(
            tx,
            &users::NewUser {
                user: &self.user,
                password_hash: &self.password_hash,
            },
        )?;
        if let Some(key) = &self.key {
            idempotency_keys::delete_expired(tx, &key.key_hash, now)?;
            idempotency_keys::insert(tx, key, self.user.id, now.plus(KEY_LIFE))?;
        }
        if let Some(old) = &self.replaces {
            sessions::delete_by_token(tx, old)?;
        }
        if let Some(device) = &self.device {
            devices::insert(tx, device)?;
        }
        sessions::insert(tx, &self.session)
    }
}

/// An account that nobody has proved a mailbox for.
pub(crate) fn new_user(username: Username, email: Email, now: Timestamp) -> User {
    User {
        id: UserId::new(now, &clock::random()),
        username,
        email,
        email_verified: false,
        created_at: now,
    }
}
