//! Sign-ups where a verified address is required: they wait, and tell nobody whether the address has an account.

use crate::{
    clock,
    domain::{
        account::{
            identifier::Identifier,
            ids::ChallengeId,
            pending_sign_up::PendingSignUp,
            user::User,
            username::{Username, UsernameKey},
        },
        credential::challenge::{ChallengeLifetime, LONGEST_LIFE, Purpose},
        message::MessageKind,
        modes::EmailVerification,
        timestamp::Timestamp,
    },
    service::{
        Error, Service, SignUp, Unique,
        outbox::messages::{Letter, Trigger},
        throttle::{keys::CountedMail, sign_ups::Admission},
    },
    store::{
        StoreError, Tx,
        tables::{counters, pending_sign_ups, users},
    },
};

/// Passwords that may be compared with that of one waiting sign-up.
const REPEATS: i64 = 20;

impl Service {
    /// Whether an account exists, and can be used, from verification on.
    pub(crate) fn demands_verification(&self) -> bool {
        self.0.email_verification == EmailVerification::Required
    }

    /// Keeps a sign-up until its mailbox is verified. The same work is done and the same rows are written whether the address has
    /// an account or not; only the mail differs, and only its reader sees that.
    ///
    /// A username that waits is taken, except for a repeat with the same address and password. Each sign-up with such a name costs
    /// one comparison, whatever its address, so that nothing tells the address that the name waits for.
    pub(crate) async fn sign_up_later(&self, want: SignUp) -> Result<(), Error> {
        if let Some(limits) = self.0.limits {
            let (cap, backlog) = (limits.waiting_sign_ups, &self.0.pending_sign_ups);
            self.refuse_beyond(cap, backlog, pending_sign_ups::count)
                .await?;
        }
        let mut admission = self.admitted(&want).await?;
        let mut compared = self.waiting(want.username.key()).await?;
        loop {
            let awaited = admission.awaited(self);
            let password_hash = self.hash_or_repeat(&want, compared.as_ref()).await;
            admission = awaited.ended();
            let kept = match password_hash? {
                Some(password_hash) => self.keep(&want, password_hash, admission.clone()).await,
                None => Err(Error::Taken(vec![Unique::Username])),
            };
            if !matches!(kept, Err(Error::Taken(_))) {
                return kept;
            }
            // Another sign-up with this name may have come first: it is compared like one that was there before.
            match self.waiting(want.username.key()).await? {
                Some(first) if !compared.is_some_and(|compared| is_repeat(&first, &compared)) => {
                    compared = Some(first);
                }
                Some(_) | None => {
                    self.count_sign_up(admission).await?;
                    return kept;
                }
            }
        }
    }

    /// The sign-up that waits with this username.
    async fn waiting(&self, name: &UsernameKey) -> Result<Option<PendingSignUp>, Error> {
        let (name, now) = (name.clone(), self.0.clock.now());
        self.read(move |tx| pending_sign_ups::newest_by_username(tx, &name, now))
            .await
    }

    /// The stored form of the password: a new one, or that of the sign-up which this one repeats. `None` where another sign-up with
    /// the same name waits. Each comparison is counted, because the response tells its result to a client that knows the address.
    async fn hash_or_repeat(
        &self,
        want: &SignUp,
        waiting: Option<&PendingSignUp>,
    ) -> Result<Option<String>, Error> {
        let Some(waiting) = waiting else {
            return Ok(Some(self.0.hasher.hash(want.password.expose()).await?));
        };
        self.0.hasher.admits()?;
        let subject = self.subject(
            "repeats of a sign-up",
            waiting.username.key().as_str().as_bytes(),
        );
        let (rule, now) = (
            counters::CounterRule::at_most(REPEATS, LONGEST_LIFE),
            self.0.clock.now(),
        );
        let counted = self
            .write(move |tx| Ok(counters::hit(tx, &subject, rule, now)?))
            .await?;
        if counted.is_none() {
            return Ok(None);
        }
        let stored = &waiting.password_hash;
        let is_right = self.0.hasher.verify(want.password.expose(), stored).await?;
        let is_same_mailbox = waiting.email.key() == want.email.key();
        Ok((is_right && is_same_mailbox).then(|| stored.clone()))
    }

    async fn keep(
        &self,
        want: &SignUp,
        password_hash: String,
        admission: Admission,
    ) -> Result<(), Error> {
        let now = self.0.clock.now();
        let waiting = PendingSignUp {
            id: ChallengeId::new(now, &clock::random()),
            username: want.username.clone(),
            email: want.email.clone(),
            password_hash,
        };
        let trigger = self.trigger(&waiting.email, &want.opening.ip, want.opening.language);
        let accounts = self.clone();
        self.write(move |tx| {
            admission.pass(tx)?;
            Ok(accounts.keep_waiting(tx, &waiting, trigger, now)?)
        })
        .await?;
        self.0.pending_sign_ups.add_one();
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
        pending_sign_ups::lock_username(tx, name)?;
        let first = pending_sign_ups::newest_by_username(tx, name, now)?;
        if first.is_some_and(|first| !is_repeat(waiting, &first))
            || users::by_username(tx, name)?.is_some()
        {
            return Err(StoreError::Taken(Unique::Username));
        }
        let owner = users::by_email(tx, mailbox)?;
        let mail = CountedMail {
            kind: MessageKind::SignUp,
            mailbox,
            client: trigger.client,
        };
        let is_sent = self.mail_allowed(tx, &mail, now)?;
        let is_proof = is_sent && owner.is_none();
        pending_sign_ups::insert(
            tx,
            waiting,
            &ChallengeLifetime::new(Purpose::SignUp, now, is_proof),
        )?;
        if !is_sent {
            return Ok(());
        }
        let language = trigger.language;
        match owner {
            Some(owner) => {
                Letter::notice(MessageKind::AccountExists, &owner.user, language).post(tx, now)
            }
            None => Letter::of_sign_up(waiting, language).post(tx, now),
        }
    }

    /// Refuses a user name that is kept for somebody else's sign-up.
    pub(crate) fn refuse_reserved(
        &self,
        tx: &mut Tx<'_>,
        name: &Username,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.demands_verification() {
            return Ok(());
        }
        pending_sign_ups::lock_username(tx, name.key())?;
        if pending_sign_ups::newest_by_username(tx, name.key(), now)?.is_some() {
            return Err(StoreError::Taken(Unique::Username));
        }
        Ok(())
    }

    /// The stored form of the password of a sign-up that waits with this user name. By address none is found: a stranger who
    /// signed up with it could tell by the answer to his own password whether an account has it already.
    pub(crate) async fn waiting_password(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<String>, Error> {
        let Identifier::Username(name) = identifier else {
            return Ok(None);
        };
        if !self.demands_verification() {
            return Ok(None);
        }
        let waiting = self.waiting(name).await?;
        Ok(waiting.map(|waiting| waiting.password_hash))
    }

    /// Makes the account of a sign-up that waited. Returns whether it still waited; otherwise the transaction has to be undone.
    ///
    /// Other sign-ups for the same mailbox stay until they expire: if they vanished, whoever made one could tell by that whether the
    /// mailbox's owner had an account before.
    pub(crate) fn admit(
        tx: &mut Tx<'_>,
        waiting: &PendingSignUp,
        user: &User,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        pending_sign_ups::lock_username(tx, user.username.key())?;
        if !pending_sign_ups::consume(tx, waiting, now)? {
            return Ok(false);
        }
        users::insert(
            tx,
            &users::NewUser {
                user,
                password_hash: &waiting.password_hash,
            },
        )?;
        Ok(true)
    }
}

/// Whether two sign-ups with the same username are one, sent twice. A repeat takes the first one's stored password over.
fn is_repeat(one: &PendingSignUp, other: &PendingSignUp) -> bool {
    one.email.key() == other.email.key() && one.password_hash == other.password_hash
}
