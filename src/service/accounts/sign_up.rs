//! Signs up: creates an account and its first session in one transaction.

use std::time::Duration;

use crate::{
    domain::{
        account::{
            attributes::Attributes, display_name::DisplayName, email::Email, ids::UserId,
            user::User, username::Username,
        },
        credential::password::NewPassword,
        json_object::JsonObject,
        modes::EmailVerification,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{
        Error, NewSession, Service, SessionRequest, Unique,
        sessions::open::{AuthenticatedBy, SessionOpening},
    },
    store::{
        StoreError, Tx,
        tables::{idempotency_keys, users},
    },
    throttle::SignUpPermit,
};

pub use crate::store::tables::idempotency_keys::IdempotencyKeyUse as IdempotencyKey;

/// The lifetime of an idempotency key.
const KEY_LIFE: Duration = Duration::from_hours(24);

/// A signup.
pub struct SignUp {
    /// The username.
    pub username: Username,
    /// The email.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// The name to show.
    pub display_name: Option<DisplayName>,
    /// The owner's own data.
    pub profile: JsonObject,
    /// The session to open.
    pub opening: SessionRequest,
    /// Makes a retry safe.
    pub key: Option<IdempotencyKey>,
    /// The solution of a proof of work, as the client sent it.
    pub captcha: Option<String>,
}

/// The outcome of a signup.
#[derive(Debug)]
pub enum SignedUp {
    /// The account exists and has its first session.
    Opened(Box<NewSession>),
    /// The account will exist when its email is verified.
    Waits,
}

impl SignUp {
    /// Returns the account that the signup creates.
    fn user(&self, now: Timestamp) -> User {
        User {
            attributes: Attributes::of_owner(self.display_name.clone(), self.profile.clone()),
            ..new_user(self.username.clone(), self.email.clone(), now)
        }
    }
}

impl Service {
    /// Creates an account and opens its first session. Where a verified email is required, the
    /// signup is stored until it is verified.
    pub async fn sign_up(&self, sign_up: SignUp) -> Result<SignedUp, Error> {
        if self.policy.requires_verification() {
            self.sign_up_later(sign_up).await?;
            return Ok(SignedUp::Waits);
        }
        let opened = self.sign_up_at_once(sign_up).await?;
        Ok(SignedUp::Opened(Box::new(opened)))
    }

    /// A signup with a used idempotency key is a login to the account that the key created. So a
    /// lost response is repeated, and only to the owner.
    async fn sign_up_at_once(&self, sign_up: SignUp) -> Result<NewSession, Error> {
        let check = self.throttle.check_proof(sign_up.captcha.as_deref());
        if let Some(opened) = self.replay(&sign_up, Some(check)).await? {
            return Ok(opened);
        }
        let (permit, password_hash) = self.hash_permitted(&sign_up).await?;
        match self.create(&sign_up, password_hash, permit.clone()).await {
            Err(Error::Taken(found)) => {
                self.throttle.count_sign_up(permit).await?;
                // The same signup, sent twice at once, may have been first. Its proof is consumed.
                if let Some(opened) = self.replay(&sign_up, None).await? {
                    return Ok(opened);
                }
                let (username, email) = (&sign_up.username, &sign_up.email);
                let taken = self.all_taken(username, email, found).await?;
                if taken.contains(&Unique::Email) {
                    self.notify_owner(&sign_up).await?;
                }
                Err(Error::Taken(taken))
            }
            other => other,
        }
    }

    /// Permits a signup to be hashed, unless its password is weak.
    pub(super) async fn permit(&self, sign_up: &SignUp) -> Result<SignUpPermit, Error> {
        let captcha = sign_up.captcha.as_deref();
        let permit = self
            .throttle
            .permit_sign_up(&sign_up.opening.ip, captcha)
            .await?;
        let (username, email) = (sign_up.username.as_str(), sign_up.email.as_str());
        let strong = self
            .passwords
            .refuse_weak(&sign_up.password, username, email);
        if let Err(error) = strong.await.map_err(Error::from) {
            if matches!(error, Error::PasswordRefused(_)) {
                self.throttle.count_sign_up(permit).await?;
            }
            return Err(error);
        }
        Ok(permit)
    }

    async fn hash_permitted(&self, sign_up: &SignUp) -> Result<(SignUpPermit, String), Error> {
        let permit = self.permit(sign_up).await?.count_on_drop(&self.throttle);
        let password_hash = self.passwords.hash(&sign_up.password).await;
        Ok((permit.into_permit(), password_hash?))
    }

    async fn create(
        &self,
        sign_up: &SignUp,
        password_hash: String,
        permit: SignUpPermit,
    ) -> Result<NewSession, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let user = sign_up.user(now);
        let (key, request) = (sign_up.key.clone(), sign_up.opening.clone());
        let trigger = self
            .outbox
            .trigger(user.email.key(), &request.ip, request.language);
        let new = self
            .database
            .write(move |tx| -> Result<NewSession, Error> {
                permit.consume(tx)?;
                insert(tx, &user, &password_hash, key.as_ref(), now)?;
                let new = service.open_session(
                    tx,
                    SessionOpening {
                        owner: &user,
                        by: &AuthenticatedBy::SignUp,
                        request: &request,
                        now,
                    },
                )?;
                if service.policy.email_verification == EmailVerification::Optional {
                    service.outbox.send_verification(tx, &user, trigger, now)?;
                }
                Ok(new)
            })
            .await?;
        self.outbox.wake();
        SecurityEvent::UserSignedUp {
            user: new.user.id,
            session: Some(new.session.id),
        }
        .record(&sign_up.opening.ip);
        Ok(new)
    }
}

/// Inserts an account, and the idempotency key of its signup.
fn insert(
    tx: &mut Tx<'_>,
    user: &User,
    password_hash: &str,
    key: Option<&IdempotencyKey>,
    now: Timestamp,
) -> Result<(), StoreError> {
    users::insert(
        tx,
        &users::NewUser {
            user,
            password_hash,
        },
    )?;
    if let Some(key) = key {
        idempotency_keys::delete_expired(tx, &key.key_hash, now)?;
        idempotency_keys::insert(tx, key, user.id, now.plus(KEY_LIFE))?;
    }
    Ok(())
}

/// An account with an unverified email.
pub(in crate::service) fn new_user(username: Username, email: Email, now: Timestamp) -> User {
    User {
        id: UserId::new(now, &random::bytes()),
        username,
        email,
        email_verified: false,
        created_at: now,
        attributes: Attributes::default(),
    }
}
