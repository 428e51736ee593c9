//! Signs up: creates an account and its first session, or a signup that waits.

use crate::{
    domain::{
        account::{
            attributes::Attributes, display_name::DisplayName, email::Email, ids::UserId,
            user::User, username::Username,
        },
        credential::{invitation::Invitation, password::NewPassword},
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    random,
    service::{Error, NewSession, Service, SessionRequest, Unique},
    store::tables::users::UniqueKeys,
    throttle::SignUpPermit,
};

pub use crate::store::tables::idempotency_keys::IdempotencyKeyUse as IdempotencyKey;

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
    /// The token of an invitation, as the client sent it.
    pub invitation: Option<String>,
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
    /// Returns the account that the signup creates. The reader of a mailed invitation has a
    /// verified email.
    pub(super) fn user(&self, invitation: Option<&Invitation>, now: Timestamp) -> User {
        let attributes = Attributes::of_owner(self.display_name.clone(), self.profile.clone());
        let roles = invitation.map(|invitation| invitation.roles.clone());
        User {
            email_verified: invitation.is_some_and(Invitation::proves_mailbox),
            attributes: Attributes {
                roles: roles.unwrap_or_default(),
                ..attributes
            },
            ..new_user(self.username.clone(), self.email.clone(), now)
        }
    }
}

impl SignedUp {
    fn opened(new: NewSession) -> Self {
        Self::Opened(Box::new(new))
    }
}

impl Service {
    /// Creates an account and opens its first session. Where a verified email is required, the
    /// signup is stored until it is verified.
    ///
    /// A signup with a used idempotency key is a login to the account that the key created. So a
    /// lost response is repeated, and only to the owner.
    pub async fn sign_up(&self, sign_up: SignUp) -> Result<SignedUp, Error> {
        let signed_up = self.sign_up_or_replay(&sign_up).await;
        let client = &sign_up.opening.client;
        self.record_rejected_proof(signed_up, client).await
    }

    async fn sign_up_or_replay(&self, sign_up: &SignUp) -> Result<SignedUp, Error> {
        let check = self.throttle.check_proof(sign_up.captcha.as_deref());
        if let Some(opened) = self.replay(sign_up, Some(check)).await? {
            return Ok(SignedUp::opened(opened));
        }
        match self.sign_up_new(sign_up).await {
            // The same signup, sent twice at once, may have used the invitation.
            Err(Error::InvitationInvalid) => {
                let opened = self.replay(sign_up, None).await?;
                opened.map(SignedUp::opened).ok_or(Error::InvitationInvalid)
            }
            other => other,
        }
    }

    async fn sign_up_new(&self, sign_up: &SignUp) -> Result<SignedUp, Error> {
        let invitation = self.admit(sign_up).await?;
        let is_proven = invitation.as_ref().is_some_and(Invitation::proves_mailbox);
        if self.policy.requires_verification() && !is_proven {
            self.sign_up_later(sign_up, invitation.as_ref()).await?;
            return Ok(SignedUp::Waits);
        }
        let opened = self.sign_up_at_once(sign_up, invitation).await?;
        Ok(SignedUp::opened(opened))
    }

    async fn sign_up_at_once(
        &self,
        sign_up: &SignUp,
        invitation: Option<Invitation>,
    ) -> Result<NewSession, Error> {
        let (permit, password_hash) = self.hash_permitted(sign_up).await?;
        let created = self.create(sign_up, invitation, password_hash, permit.clone());
        match created.await {
            Err(Error::Taken(found)) => {
                self.throttle.count_sign_up(permit).await?;
                // The same signup, sent twice at once, may have been first. Its proof is consumed.
                if let Some(opened) = self.replay(sign_up, None).await? {
                    return Ok(opened);
                }
                let keys = UniqueKeys::of(&sign_up.username, &sign_up.email);
                let taken = self.all_taken(keys, None, found).await?;
                if taken.contains(&Unique::Email) {
                    self.notify_owner(sign_up).await?;
                }
                Err(Error::Taken(taken))
            }
            Err(Error::InvitationInvalid) => {
                self.throttle.count_sign_up(permit).await?;
                Err(Error::InvitationInvalid)
            }
            other => other,
        }
    }

    /// Permits a signup to be hashed, unless its password is weak.
    pub(super) async fn permit(&self, sign_up: &SignUp) -> Result<SignUpPermit, Error> {
        let captcha = sign_up.captcha.as_deref();
        let permit = self
            .throttle
            .permit_sign_up(&sign_up.opening.client.ip, captcha)
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
