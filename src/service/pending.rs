//! Sign-ups where a verified address is required: they wait, and tell nobody whether the address has an account.

use super::{
    Accounts, Error, SignUp, Unique,
    letter::{Letter, Trigger},
    limits::CountedMail,
};
use crate::{
    clock,
    domain::{
        challenge::{Life, Purpose},
        identifier::Identifier,
        message::Kind,
        policy::EmailVerification,
        time::Timestamp,
        user::{ChallengeId, PendingSignUp, User},
        username::Username,
    },
    store::{StoreError, Tx, pending_sign_ups, users},
};

impl Accounts {
    /// Whether an account exists, and can be used, from verification on.
    pub(super) fn demands_verification(&self) -> bool {
        self.0.email_verification == EmailVerification::Required
    }

    /// Keeps a sign-up until its mailbox is verified. The same work is done and the same rows are written whether the address has
    /// an account or not; only the mail differs, and only its reader sees that.
    pub(super) async fn sign_up_later(&self, want: SignUp) -> Result<(), Error> {
        let backlog = &self.0.pending_sign_ups;
        if let Some(limits) = self.0.limits {
            let cap = limits.waiting_sign_ups;
            self.refuse_beyond(cap, backlog, pending_sign_ups::count)
                .await?;
        }
        let (admission, password_hash) = self.hashed(&want).await?;
        let now = self.0.clock.now();
        let waiting = PendingSignUp {
            id: ChallengeId::new(now, &clock::random()),
            username: want.username,
            email: want.email,
            password_hash,
        };
        let trigger = self.trigger(&waiting.email, &want.opening.ip, want.opening.language);
        let accounts = self.clone();
        let counted = admission.clone();
        let kept = self
            .write_unless(move |tx| match counted.pass(tx)? {
                Ok(()) => Ok(Ok(accounts.keep_waiting(tx, &waiting, trigger, now)?)),
                Err(refused) => Ok(Err(refused)),
            })
            .await;
        if let Err(Error::Taken(_)) = kept {
            self.count_sign_up(admission).await?;
        }
        kept?;
        backlog.add_one();
        self.mail_is_waiting();
        tracing::info!(event = "user.sign_up_waits", client.ip = %want.opening.ip, "a sign-up waits for its mailbox to be verified");
        Ok(())
    }

    fn keep_waiting(
        &self,
        tx: &mut Tx<'_>,
        waiting: &PendingSignUp,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mailbox = waiting.email.key();
        let name = waiting.username.key();
        pending_sign_ups::lock_name(tx, name)?;
        if users::by_username(tx, name)?.is_some()
            || pending_sign_ups::is_reserved(tx, name, Some(mailbox), now)?
        {
            return Err(StoreError::Taken(Unique::Username));
        }
        let owner = users::by_email(tx, mailbox)?;
        let mail = CountedMail {
            kind: Kind::SignUp,
            mailbox,
            client: trigger.client,
        };
        let is_sent = self.mail_allowed(tx, &mail, now)?;
        let is_proof = is_sent && owner.is_none();
        pending_sign_ups::insert(tx, waiting, &Life::new(Purpose::SignUp, now, is_proof))?;
        if !is_sent {
            return Ok(());
        }
        let language = trigger.language;
        match owner {
            Some(owner) => Letter::notice(Kind::AccountExists, &owner.user, language).post(tx, now),
            None => Letter::of_sign_up(waiting, language).post(tx, now),
        }
    }

    /// Refuses a user name that is kept for somebody else's sign-up.
    pub(super) fn refuse_reserved(
        &self,
        tx: &mut Tx<'_>,
        name: &Username,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.demands_verification() {
            return Ok(());
        }
        pending_sign_ups::lock_name(tx, name.key())?;
        if pending_sign_ups::is_reserved(tx, name.key(), None, now)? {
            return Err(StoreError::Taken(Unique::Username));
        }
        Ok(())
    }

    /// The stored form of the password of a sign-up that waits with this user name. By address none is found: a stranger who
    /// signed up with it could tell by the answer to his own password whether an account has it already.
    pub(super) async fn waiting_password(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<String>, Error> {
        let Identifier::Username(name) = identifier else {
            return Ok(None);
        };
        if !self.demands_verification() {
            return Ok(None);
        }
        let (name, now) = (name.clone(), self.0.clock.now());
        let waiting = self
            .read(move |tx| pending_sign_ups::newest_of_name(tx, &name, now))
            .await?;
        Ok(waiting.map(|waiting| waiting.password_hash))
    }

    /// Makes the account of a sign-up that waited; whether nobody did meanwhile.
    pub(super) fn admit(
        tx: &mut Tx<'_>,
        waiting: &PendingSignUp,
        user: &User,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        pending_sign_ups::lock_name(tx, user.username.key())?;
        if !pending_sign_ups::take(tx, waiting.id, now)? {
            return Ok(false);
        }
        users::insert(
            tx,
            &users::NewUser {
                user,
                password_hash: &waiting.password_hash,
            },
        )?;
        pending_sign_ups::delete_by_mailbox(tx, user.email.key())?;
        Ok(true)
    }
}
