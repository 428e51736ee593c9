//! Signups where a verified email is required: they wait, and reveal to no one whether the email
//! has an account.

use super::sign_up::SignUp;
use crate::{
    domain::{
        account::{
            ids::ChallengeId,
            pending_sign_up::PendingSignUp,
            user::User,
            username::{Username, UsernameKey},
        },
        credential::{
            challenge::{ChallengeLifetime, Purpose},
            invitation::Invitation,
        },
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::{Outbox, OutboxMail, Trigger},
    random,
    service::{
        Error, Policy, Service, Unique,
        invitations::claim::{self, Claimant},
    },
    store::{
        StoreError, Tx,
        tables::{pending_sign_ups, users},
    },
    throttle::{CappedRows, SignUpPermit},
};

impl Service {
    /// Stores a signup until its email is verified. The work and the rows are the same whether the
    /// email has an account or not. Only the mail differs, and only its reader sees that.
    ///
    /// The username of a pending signup is taken, except for a repeat with the same email and
    /// password. Each signup with such a username costs one comparison, whatever its email, so
    /// nothing reveals the email of the pending signup.
    pub(super) async fn sign_up_later(
        &self,
        sign_up: &SignUp,
        invitation: Option<&Invitation>,
    ) -> Result<(), Error> {
        let rows = CappedRows::PendingSignUps;
        self.throttle.refuse_beyond_cap(rows).await?;
        let mut permit = self.permit(sign_up).await?;
        let mut compared = self.pending(sign_up.username.key()).await?;
        loop {
            let counted = permit.count_on_drop(&self.throttle);
            let password_hash = self.hash_or_repeat(sign_up, compared.as_ref()).await;
            permit = counted.into_permit();
            let stored = match password_hash? {
                Some(password_hash) => {
                    let pending = self.pending_of(sign_up, invitation, password_hash);
                    self.store(sign_up, pending, permit.clone()).await
                }
                None => Err(Error::Taken(vec![Unique::Username])),
            };
            if matches!(stored, Err(Error::InvitationInvalid)) {
                self.throttle.count_sign_up(permit).await?;
                return stored;
            }
            if !matches!(stored, Err(Error::Taken(_))) {
                return stored;
            }
            // Another signup with this username may have been first: it is compared as well.
            match self.pending(sign_up.username.key()).await? {
                Some(first) if !compared.is_some_and(|compared| is_repeat(&first, &compared)) => {
                    compared = Some(first);
                }
                Some(_) | None => {
                    self.throttle.count_sign_up(permit).await?;
                    return stored;
                }
            }
        }
    }

    /// Returns the pending signup with this username.
    async fn pending(&self, name: &UsernameKey) -> Result<Option<PendingSignUp>, Error> {
        let (name, now) = (name.clone(), self.clock.now());
        let pending = self
            .database
            .read(move |tx| pending_sign_ups::newest_by_username(tx, &name, now));
        Ok(pending.await?)
    }

    /// Returns the hash to store: a new one, or that of the pending signup which this one repeats.
    /// Returns `None` if another signup with the same username waits. Each comparison is counted,
    /// because the response reveals its result to a client that knows the email.
    async fn hash_or_repeat(
        &self,
        sign_up: &SignUp,
        pending: Option<&PendingSignUp>,
    ) -> Result<Option<String>, Error> {
        let Some(pending) = pending else {
            return Ok(Some(self.passwords.hash(&sign_up.password).await?));
        };
        self.passwords.admit()?;
        let name = pending.username.key();
        if !self.throttle.count_sign_up_repeat(name).await? {
            return Ok(None);
        }
        let stored = &pending.password_hash;
        let is_right = self.passwords.matches(stored, &sign_up.password).await?;
        let is_same_mailbox = pending.email.key() == sign_up.email.key();
        Ok((is_right && is_same_mailbox).then(|| stored.clone()))
    }

    fn pending_of(
        &self,
        sign_up: &SignUp,
        invitation: Option<&Invitation>,
        password_hash: String,
    ) -> PendingSignUp {
        PendingSignUp {
            id: ChallengeId::new(self.clock.now(), &random::bytes()),
            username: sign_up.username.clone(),
            email: sign_up.email.clone(),
            password_hash,
            display_name: sign_up.display_name.clone(),
            profile: sign_up.profile.clone(),
            invitation: invitation.map(|invitation| invitation.id),
        }
    }

    async fn store(
        &self,
        sign_up: &SignUp,
        pending: PendingSignUp,
        permit: SignUpPermit,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let (outbox, opening) = (self.outbox.clone(), &sign_up.opening);
        let client = &opening.client;
        let trigger = outbox.trigger(pending.email.key(), &client.ip, client.language);
        let context = self.throttle.attempted(client, None, now);
        self.database
            .write(move |tx| -> Result<(), Error> {
                permit.consume(tx)?;
                insert(tx, &outbox, &pending, trigger, now)?;
                Ok(SecurityEvent::SignUpPending.record(tx, context)?)
            })
            .await?;
        self.throttle.row_inserted(CappedRows::PendingSignUps);
        self.outbox.wake();
        Ok(())
    }
}

fn insert(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    pending: &PendingSignUp,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), Error> {
    let (mailbox, name) = (pending.email.key(), pending.username.key());
    pending_sign_ups::lock_username(tx, name)?;
    let first = pending_sign_ups::newest_by_username(tx, name, now)?;
    if first.is_some_and(|first| !is_repeat(pending, &first))
        || users::by_username(tx, name)?.is_some()
    {
        return Err(Error::Taken(vec![Unique::Username]));
    }
    if let Some(id) = pending.invitation {
        let claimant = Claimant {
            username: name,
            email: mailbox,
        };
        claim::claim(tx, id, claimant, now)?;
    }
    let owner = users::by_email(tx, mailbox)?;
    let is_sent = outbox.admits(tx, &trigger.counted(MessageKind::SignUp, mailbox), now)?;
    let is_proof = is_sent && owner.is_none();
    pending_sign_ups::insert(
        tx,
        pending,
        &ChallengeLifetime::new(Purpose::SignUp, now, is_proof),
    )?;
    if !is_sent {
        return Ok(());
    }
    let language = trigger.language;
    let mail = match &owner {
        Some(owner) => OutboxMail::notice(MessageKind::AccountExists, &owner.user, language),
        None => OutboxMail::sign_up(pending, language),
    };
    Ok(mail.enqueue(tx, now)?)
}

/// Refuses a username that a pending signup of another person has.
pub(in crate::service) fn refuse_reserved(
    tx: &mut Tx<'_>,
    policy: &Policy,
    name: &Username,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !policy.requires_verification() {
        return Ok(());
    }
    pending_sign_ups::lock_username(tx, name.key())?;
    if pending_sign_ups::newest_by_username(tx, name.key(), now)?.is_some() {
        return Err(StoreError::Taken(Unique::Username));
    }
    Ok(())
}

/// Creates the account of a pending signup, with the roles of its invitation. Returns the account,
/// or `None` if the signup is not pending any more or its invitation was revoked; then the
/// transaction has to be rolled back.
///
/// Other signups for the same mailbox stay until they expire. If they vanished, their authors could
/// tell from that whether the owner of the mailbox had an account before.
pub(in crate::service) fn complete(
    tx: &mut Tx<'_>,
    pending: &PendingSignUp,
    mut user: User,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    pending_sign_ups::lock_username(tx, user.username.key())?;
    if !pending_sign_ups::consume(tx, pending, now)? {
        return Ok(None);
    }
    let Some(roles) = claim::consume_reserved(tx, pending.invitation)? else {
        return Ok(None);
    };
    user.attributes.roles = roles;
    users::insert(
        tx,
        &users::NewUser {
            user: &user,
            password_hash: &pending.password_hash,
        },
    )?;
    Ok(Some(user))
}

/// Returns whether two signups with the same username are one that was sent twice. A repeat has the
/// stored hash of the first.
fn is_repeat(one: &PendingSignUp, other: &PendingSignUp) -> bool {
    one.email.key() == other.email.key() && one.password_hash == other.password_hash
}
