//! Creates the account of a signup and its first session in one transaction.

use std::time::Duration;

use super::{
    pending_sign_up,
    sign_up::{IdempotencyKey, SignUp},
};
use crate::{
    domain::{
        account::user::User, credential::invitation::Invitation, modes::EmailVerification,
        timestamp::Timestamp,
    },
    service::{
        Error, NewSession, Service, SessionRequest,
        invitations::claim,
        sessions::opening::{AuthenticatedBy, SessionOpening},
    },
    store::{
        StoreError, Tx,
        tables::{idempotency_keys, users},
    },
    throttle::SignUpPermit,
};

/// The lifetime of an idempotency key.
const KEY_LIFE: Duration = Duration::from_hours(24);

impl Service {
    /// Creates the account, consumes a use of the invitation and opens the session.
    pub(super) async fn create(
        &self,
        sign_up: &SignUp,
        invitation: Option<Invitation>,
        password_hash: String,
        permit: SignUpPermit,
    ) -> Result<NewSession, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let user = sign_up.user(invitation.as_ref(), now);
        let invitation = invitation.map(|invitation| invitation.id);
        let (key, request) = (sign_up.key.clone(), sign_up.opening.clone());
        let new = self
            .database
            .write(move |tx| -> Result<NewSession, Error> {
                permit.consume(tx)?;
                pending_sign_up::refuse_reserved(tx, &service.policy, &user.username, now)?;
                claim::claim_and_consume(tx, invitation, &user, now)?;
                insert(tx, &user, &password_hash, key.as_ref(), now)?;
                let opening = SessionOpening {
                    owner: &user,
                    by: &AuthenticatedBy::SignUp,
                    request: &request,
                    now,
                };
                let new = service.open_session(tx, opening)?.into_session()?;
                let context = request.client.as_owner(user.id, now);
                let context = context.in_session(new.session.id);
                claim::record_sign_up(tx, invitation, context)?;
                service.verify_optionally(tx, &user, &request, now)?;
                Ok(new)
            })
            .await?;
        self.outbox.wake();
        Ok(new)
    }

    /// Sends the mail that verifies the email of a new account, where one is sent.
    fn verify_optionally(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        request: &SessionRequest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_optional = self.policy.email_verification == EmailVerification::Optional;
        if is_optional && !user.email_verified {
            let (mailbox, language) = (user.email.key(), request.client.language);
            let trigger = self.outbox.trigger(mailbox, &request.client.ip, language);
            self.outbox.send_verification(tx, user, trigger, now)?;
        }
        Ok(())
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
