//! What is written to people, in the transaction of what it tells of: challenges with their messages, and notices; it must not know
//! their words, nor how they leave.

use serde_json::json;

use crate::{
    clock,
    domain::{
        account::{
            email::Email,
            ids::{ChallengeId, MessageId},
            pending_sign_up::PendingSignUp,
            user::User,
            username::Username,
        },
        credential::challenge::{Challenge, ChallengeLifetime, Purpose},
        language::Language,
        message::MessageKind,
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    service::{
        Service,
        throttle::{keys::CountedMail, sign_ups::HOUR},
    },
    store::{
        StoreError, Tx,
        tables::{
            challenges,
            counters::{self, CounterRule},
            outbox, users,
        },
    },
};

/// A message to be written.
pub(crate) struct Letter<'a> {
    /// What it is for.
    pub kind: MessageKind,
    /// The mailbox.
    pub to: &'a Email,
    /// Whose account it is about.
    pub username: &'a Username,
    /// What its reader reads.
    pub language: Language,
    /// What its code and link prove, where it has them.
    pub reference: Option<ChallengeId>,
}

impl<'a> Letter<'a> {
    /// The one that finishes a sign-up.
    pub(crate) fn of_sign_up(waiting: &'a PendingSignUp, language: Language) -> Self {
        Self {
            kind: MessageKind::SignUp,
            to: &waiting.email,
            username: &waiting.username,
            language,
            reference: Some(waiting.id),
        }
    }

    /// One about an account that nothing has to be proved for.
    pub(crate) fn notice(kind: MessageKind, owner: &'a User, language: Language) -> Self {
        Self {
            kind,
            to: &owner.email,
            username: &owner.username,
            language,
            reference: None,
        }
    }

    /// Writes it.
    pub(crate) fn post(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let detail = json!({ "username": self.username.as_str() }).to_string();
        let message = outbox::NewMessage {
            id: MessageId::new(now, &clock::random()),
            kind: self.kind,
            recipient: self.to.as_str(),
            language: self.language,
            reference: self.reference,
            detail: &detail,
            created_at: now,
        };
        outbox::insert(tx, &message)
    }
}

/// The request that triggers a mail.
#[derive(Clone, Copy)]
pub(crate) struct Trigger {
    /// Its client, as mails are counted.
    pub client: Option<Subject>,
    /// The client's language.
    pub language: Language,
}

/// What an owner is asked to prove.
pub(crate) struct Question<'a> {
    /// Whose account it is about.
    pub user: &'a User,
    /// What is to be proved.
    pub purpose: Purpose,
    /// The mailbox.
    pub mailbox: &'a Email,
    /// What triggers it.
    pub trigger: Trigger,
}

impl Question<'_> {
    /// Keeps it, and its message if it is to be sent. Locks the account first; returns whether it still exists.
    pub(crate) fn put(
        &self,
        tx: &mut Tx<'_>,
        is_sent: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if !users::lock(tx, self.user.id)? {
            return Ok(false);
        }
        if self.purpose.replaces_older() {
            challenges::delete_by_user(tx, self.user.id, &[self.purpose])?;
        }
        let challenge = Challenge {
            id: ChallengeId::new(now, &clock::random()),
            user: self.user.id,
            purpose: self.purpose,
            email: self.mailbox.clone(),
        };
        challenges::insert(
            tx,
            &challenge,
            &ChallengeLifetime::new(self.purpose, now, is_sent),
        )?;
        if !is_sent {
            return Ok(true);
        }
        let letter = Letter {
            kind: MessageKind::for_purpose(self.purpose),
            to: self.mailbox,
            username: &self.user.username,
            language: self.trigger.language,
            reference: Some(challenge.id),
        };
        letter.post(tx, now)?;
        Ok(true)
    }
}

impl Service {
    /// A request of this client that triggers a mail to this mailbox.
    pub(crate) fn trigger(&self, mailbox: &Email, ip: &str, language: Language) -> Trigger {
        Trigger {
            client: Some(self.mail_client(mailbox.key(), ip)),
            language,
        }
    }

    /// Asks an owner to verify the account's address; returns whether the account still exists.
    pub(crate) fn ask_to_verify(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let question = Question {
            user,
            purpose: Purpose::VerifyEmail,
            mailbox: &user.email,
            trigger,
        };
        self.ask(tx, &question, now)
    }

    /// Asks an owner something by mail, unless the limits on mails suppress it; returns whether the account still exists, as far as
    /// that was looked at.
    pub(crate) fn ask(
        &self,
        tx: &mut Tx<'_>,
        question: &Question<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mail = CountedMail {
            kind: MessageKind::for_purpose(question.purpose),
            mailbox: question.mailbox.key(),
            client: question.trigger.client,
        };
        if !self.mail_allowed(tx, &mail, now)? {
            return Ok(true);
        }
        question.put(tx, true, now)
    }

    /// Sends an owner a notice of what happened to the account, if the address is verified and had not enough of the kind within the
    /// hour.
    pub(crate) fn notify(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        kind: MessageKind,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !(user.email_verified && self.has_mail() && self.notice_allowed(tx, user, kind, now)?) {
            return Ok(());
        }
        Letter::notice(kind, user, language).post(tx, now)
    }

    /// Counts a notice of this kind; returns whether it may be sent. An owner gets a few an hour of each: an attacker who knows the
    /// password could flood the mailbox otherwise, and hide another mail in it.
    pub(crate) fn notice_allowed(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        kind: MessageKind,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.0.limits else {
            return Ok(true);
        };
        let whom = user.id.to_string();
        let parts = [&b"notices"[..], kind.as_str().as_bytes(), whom.as_bytes()];
        let subject = self.0.secret.mac("limit", &parts);
        let rule = CounterRule::at_most(limits.mails.into(), HOUR);
        let is_allowed = counters::first_hit(tx, &subject, rule, now)?.is_some();
        if !is_allowed {
            tracing::info!(event = "mail.suppressed", message.kind = kind.as_str(), user.id = %user.id, reason = "account_in_an_hour", "a mail was not sent: its owner had enough of this kind");
        }
        Ok(is_allowed)
    }
}
