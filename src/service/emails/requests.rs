//! Requests for mail by an address alone. The account is looked up after the response, so that the response is the same for every address.

use crate::{
    clock,
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::{ChallengeId, MessageId},
            pending_sign_up::PendingSignUp,
        },
        credential::challenge::{ChallengeLifetime, Purpose},
        message::{MailRequestKind, MessageKind},
        timestamp::Timestamp,
    },
    service::{
        Error, Service, Visitor,
        outbox::messages::{Letter, Question, Trigger},
        throttle::keys::CountedMail,
    },
    store::{
        StoreError, Tx,
        tables::{
            mail_requests::{self, MailRequest, NewMailRequest},
            pending_sign_ups, users,
        },
    },
};

/// Requests that are looked up in one transaction.
const BATCH: i64 = 64;

impl Service {
    /// Requests a mail to this address that verifies it.
    pub async fn request_verification(
        &self,
        email: &Email,
        visitor: &Visitor,
    ) -> Result<(), Error> {
        self.request(MailRequestKind::Verification, email, visitor)
            .await
    }

    /// Requests a mail to this address that leads to a new password.
    pub async fn request_reset(&self, email: &Email, visitor: &Visitor) -> Result<(), Error> {
        self.request(MailRequestKind::Reset, email, visitor).await
    }

    /// Keeps one row, the same for every address.
    async fn request(
        &self,
        kind: MailRequestKind,
        email: &Email,
        visitor: &Visitor,
    ) -> Result<(), Error> {
        let backlog = &self.0.mail_requests;
        if let Some(limits) = self.0.limits {
            let cap = limits.waiting_requests;
            self.refuse_beyond(cap, backlog, mail_requests::count)
                .await?;
        }
        let now = self.0.clock.now();
        let (id, mailbox) = (MessageId::new(now, &clock::random()), email.key().clone());
        let client = self.mail_client(&mailbox, &visitor.ip);
        let language = visitor.language;
        let is_new = self
            .write(move |tx| {
                let request = NewMailRequest {
                    id,
                    kind,
                    mailbox: &mailbox,
                    language,
                    client,
                    expires_at: now.plus(kind.life()),
                };
                Ok(mail_requests::insert(tx, &request)?)
            })
            .await?;
        if is_new {
            backlog.add_one();
        }
        self.mail_is_waiting();
        Ok(())
    }

    /// Resolves the oldest requests; how many there were. Those for mailboxes that no account and no sign-up has are deleted together,
    /// so that a flood of made-up addresses costs little; each of the others has a transaction of its own, because it locks an account.
    pub(crate) async fn resolve_requests(&self) -> Result<usize, Error> {
        if !self.read(mail_requests::has_any).await? {
            return Ok(0);
        }
        let (all, known) = self.write(sift).await?;
        for request in known {
            self.resolve(request).await?;
        }
        Ok(all)
    }

    /// Resolves one request. One that cannot be resolved is dropped, so that it stops no other.
    async fn resolve(&self, request: MailRequest) -> Result<(), Error> {
        let (accounts, now, id) = (self.clone(), self.0.clock.now(), request.id.clone());
        match self
            .write(move |tx| Ok(accounts.answer(tx, &request, now)?))
            .await
        {
            Err(Error::Internal(error)) => {
                tracing::error!(event = "mail.unreadable", %error, message.id = id, "a request for mail could not be resolved; it is dropped");
                self.write(move |tx| Ok(mail_requests::delete(tx, &[&id])?))
                    .await?;
                Ok(())
            }
            other => other,
        }
    }

    /// Deletes the request and writes the mail that it requests, unless another replica did.
    fn answer(
        &self,
        tx: &mut Tx<'_>,
        request: &MailRequest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_ours = mail_requests::delete(tx, &[&request.id])? == 1;
        if !is_ours || request.expires_at <= now {
            return Ok(());
        }
        let Some(mailbox) = EmailKey::of(&request.mailbox) else {
            return Ok(());
        };
        let trigger = Trigger {
            client: request.client,
            language: request.language,
        };
        match request.kind {
            MailRequestKind::Reset => self.answer_forgotten(tx, &mailbox, trigger, now),
            MailRequestKind::Verification => self.answer_unverified(tx, &mailbox, trigger, now),
        }
    }

    fn answer_forgotten(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(found) = users::by_email(tx, mailbox)? else {
            return Ok(());
        };
        let question = Question {
            user: &found.user,
            purpose: Purpose::ResetPassword,
            mailbox: &found.user.email,
            trigger,
        };
        self.ask(tx, &question, now)?;
        Ok(())
    }

    fn answer_unverified(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match users::by_email(tx, mailbox)? {
            Some(found) if found.user.email_verified => Ok(()),
            Some(found) => {
                self.ask_to_verify(tx, &found.user, trigger, now)?;
                Ok(())
            }
            None => match pending_sign_ups::newest_by_mailbox(tx, mailbox, now)? {
                Some((waiting, expires_at)) => self.remind(tx, waiting, expires_at, trigger, now),
                None => Ok(()),
            },
        }
    }

    /// Sends a sign-up that waits a code of its own. What was sent before stays valid. The sign-up expires no later for it: otherwise
    /// its username would tell whether the mailbox has an account, which is sent no reminder.
    fn remind(
        &self,
        tx: &mut Tx<'_>,
        waiting: PendingSignUp,
        expires_at: Timestamp,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mail = CountedMail {
            kind: MessageKind::SignUp,
            mailbox: waiting.email.key(),
            client: trigger.client,
        };
        if !self.mail_allowed(tx, &mail, now)? {
            return Ok(());
        }
        let again = PendingSignUp {
            id: ChallengeId::new(now, &clock::random()),
            ..waiting
        };
        let life = ChallengeLifetime::new(Purpose::SignUp, now, true).until(expires_at);
        pending_sign_ups::insert(tx, &again, &life)?;
        Letter::of_sign_up(&again, trigger.language).post(tx, now)
    }
}

/// Takes the oldest requests and deletes those whose mailbox nothing here has; how many were taken, and the others.
fn sift(tx: &mut Tx<'_>) -> Result<(usize, Vec<MailRequest>), Error> {
    let taken = mail_requests::lock_oldest(tx, BATCH)?;
    // Requests that came from the outbox of an earlier release have the address as written.
    let key = |request: &MailRequest| EmailKey::of(&request.mailbox);
    let keys: Vec<_> = taken.iter().filter_map(key).collect();
    let mailboxes: Vec<_> = keys.iter().map(EmailKey::as_str).collect();
    let mut known = users::registered_mailboxes(tx, &mailboxes)?;
    known.extend(pending_sign_ups::pending_mailboxes(tx, &mailboxes)?);
    let (known, unknown): (Vec<_>, Vec<_>) = taken
        .into_iter()
        .partition(|request| key(request).is_some_and(|key| known.contains(key.as_str())));
    let ids: Vec<_> = unknown.iter().map(|request| request.id.as_str()).collect();
    mail_requests::delete(tx, &ids)?;
    Ok((known.len() + unknown.len(), known))
}
