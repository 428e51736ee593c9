//! Creates an account for an administrator, without a session.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::{
        account::{
            attributes::Attributes, display_name::DisplayName, email::Email,
            external_id::ExternalId, ids::UserId, roles::Roles, user::User, username::Username,
        },
        credential::password::NewPassword,
        event::EventContext,
        json_object::JsonObject,
    },
    events::SecurityEvent,
    outbox::FirstPasswordMail,
    random,
    service::{
        Administrator, Error, IdempotencyKey, Service,
        accounts::{pending_sign_up, sign_up::new_user},
    },
    store::{
        Tx,
        tables::{
            idempotency_keys,
            users::{self, UniqueKeys},
        },
    },
};

/// The lifetime of an idempotency key.
const KEY_LIFE: Duration = Duration::from_hours(24);

/// An account to be created.
pub struct NewAccount {
    /// The username.
    pub username: Username,
    /// The email.
    pub email: Email,
    /// `true` if the email needs no verification.
    pub email_verified: bool,
    /// The first password.
    pub password: FirstPassword,
    /// `true` if the account is disabled from the beginning.
    pub disabled: bool,
    /// The name to show.
    pub display_name: Option<DisplayName>,
    /// The roles.
    pub roles: Roles,
    /// The operator's data.
    pub metadata: JsonObject,
    /// The id in another system.
    pub external_id: Option<ExternalId>,
    /// Makes a retry safe.
    pub key: Option<IdempotencyKey>,
}

/// The first password of an account.
pub enum FirstPassword {
    /// A password that the rules accept.
    Given(NewPassword),
    /// A hash of another system, which the first login replaces, or of this service.
    Hashed(String),
    /// The owner chooses it, by a link that is mailed.
    Mailed,
}

impl NewAccount {
    /// An account without anything that is optional.
    #[must_use]
    pub fn new(username: Username, email: Email, password: FirstPassword) -> Self {
        Self {
            username,
            email,
            email_verified: false,
            password,
            disabled: false,
            display_name: None,
            roles: Roles::default(),
            metadata: JsonObject::default(),
            external_id: None,
            key: None,
        }
    }

    fn unique_keys(&self) -> UniqueKeys {
        UniqueKeys {
            external_id: self.external_id.clone(),
            ..UniqueKeys::of(&self.username, &self.email)
        }
    }

    fn attributes(&self) -> Attributes {
        Attributes {
            display_name: self.display_name.clone(),
            profile: JsonObject::default(),
            roles: self.roles.clone(),
            metadata: self.metadata.clone(),
            external_id: self.external_id.clone(),
        }
    }
}

/// An account whose password is hashed.
struct PreparedAccount {
    user: User,
    password_hash: String,
    is_disabled: bool,
    is_mailed: bool,
    key: Option<IdempotencyKey>,
}

impl Service {
    /// Creates an account by the rules of a signup. A repeated request with a used idempotency key
    /// returns the account that the first one created.
    pub async fn create_account(
        &self,
        by: &Administrator,
        new: NewAccount,
    ) -> Result<UserId, Error> {
        if let Some(created) = self.created_with(new.key.as_ref()).await? {
            return Ok(created);
        }
        let (keys, key) = (new.unique_keys(), new.key.clone());
        let prepared = self.prepare(new).await?;
        let id = prepared.user.id;
        match self.insert_account(by, prepared).await {
            Err(Error::Taken(found)) => {
                // The same request, sent twice at once, may have been first.
                if let Some(created) = self.created_with(key.as_ref()).await? {
                    return Ok(created);
                }
                Err(Error::Taken(self.all_taken(keys, None, found).await?))
            }
            other => other.map(|()| id),
        }
    }

    /// Returns the account that a used key created.
    async fn created_with(&self, key: Option<&IdempotencyKey>) -> Result<Option<UserId>, Error> {
        let Some(key) = key.cloned() else {
            return Ok(None);
        };
        let now = self.clock.now();
        let earlier = self
            .database
            .read(move |tx| idempotency_keys::by_key(tx, &key.key_hash, now))
            .await?;
        match earlier {
            Some((user, body)) if body == key.body_hash => Ok(Some(user)),
            Some(_) => Err(Error::IdempotencyKeyReused),
            None => Ok(None),
        }
    }

    async fn prepare(&self, new: NewAccount) -> Result<PreparedAccount, Error> {
        let attributes = new.attributes();
        let is_mailed = matches!(new.password, FirstPassword::Mailed);
        let password_hash = match new.password {
            FirstPassword::Given(password) => {
                let (username, email) = (new.username.as_str(), new.email.as_str());
                self.passwords
                    .refuse_weak(&password, username, email)
                    .await?;
                self.passwords.hash(&password).await?
            }
            FirstPassword::Hashed(hash) => self.recognize_hash(&hash)?,
            FirstPassword::Mailed if !self.has_mail() => return Err(Error::MailNotConfigured),
            FirstPassword::Mailed => self.passwords.hash(&unknown_password()?).await?,
        };
        let user = User {
            email_verified: new.email_verified,
            attributes,
            ..new_user(new.username, new.email, self.clock.now())
        };
        Ok(PreparedAccount {
            user,
            password_hash,
            is_disabled: new.disabled,
            is_mailed,
            key: new.key,
        })
    }

    async fn insert_account(&self, by: &Administrator, new: PreparedAccount) -> Result<(), Error> {
        let (service, language, now) = (self.clone(), by.language(), new.user.created_at);
        let context = by.context(Some(new.user.id), now);
        self.database
            .write(move |tx| -> Result<(), Error> {
                let user = &new.user;
                pending_sign_up::refuse_reserved(tx, &service.policy, &user.username, now)?;
                insert(tx, &new, context)?;
                if new.is_mailed {
                    FirstPasswordMail { user, language }.store(tx, now)?;
                }
                Ok(())
            })
            .await?;
        self.outbox.wake();
        Ok(())
    }
}

fn insert(tx: &mut Tx<'_>, new: &PreparedAccount, context: EventContext) -> Result<(), Error> {
    let (user, now) = (&new.user, context.at);
    let row = users::NewUser {
        user,
        password_hash: &new.password_hash,
    };
    users::insert(tx, &row)?;
    if new.is_disabled {
        users::set_disabled(tx, user.id, true, now)?;
    }
    if let Some(key) = &new.key {
        idempotency_keys::delete_expired(tx, &key.key_hash, now)?;
        idempotency_keys::insert(tx, key, user.id, now.plus(KEY_LIFE))?;
    }
    Ok(SecurityEvent::UserCreated.record(tx, context)?)
}

/// Returns a password that nothing ever presents: a login costs the same as any other.
pub(super) fn unknown_password() -> Result<NewPassword, Error> {
    let random: [u8; 32] = random::bytes();
    NewPassword::parse(&URL_SAFE_NO_PAD.encode(random), 1)
        .map_err(|reason| Error::Internal(reason.code().into()))
}
