//! Answers to those who only named an address: looked up after their request was answered, so that its answer cannot tell whether
//! anybody has the address.

use super::{
    Accounts, Error,
    letter::{Letter, Question},
};
use crate::{
    clock,
    domain::{
        challenge::{Life, Purpose},
        email::{Email, EmailKey},
        language::Language,
        message::Kind,
        time::Timestamp,
        user::{ChallengeId, MessageId, PendingSignUp},
    },
    store::{
        StoreError, Tx,
        outbox::{self, Message, Outcome},
        pending_sign_ups, users,
    },
};

impl Accounts {
    /// Asks for a mail to this address that verifies it.
    pub async fn request_verification(
        &self,
        email: Email,
        language: Language,
    ) -> Result<(), Error> {
        self.request(Kind::VerificationRequested, email, language)
            .await
    }

    /// Asks for a mail to this address that leads to a new password.
    pub async fn request_reset(&self, email: Email, language: Language) -> Result<(), Error> {
        self.request(Kind::ResetRequested, email, language).await
    }

    /// One row, whoever asks for whatever.
    async fn request(&self, kind: Kind, email: Email, language: Language) -> Result<(), Error> {
        let now = self.0.clock.now();
        self.write(move |tx| {
            let message = outbox::NewMessage {
                id: MessageId::new(now, &clock::random()),
                kind,
                recipient: email.as_str(),
                language,
                reference: None,
                detail: "{}",
                created_at: now,
            };
            outbox::insert(tx, &message)
        })
        .await?;
        self.mail_is_waiting();
        Ok(())
    }

    /// Looks up whom a request is for and writes what it asks for, if there is anybody.
    pub(super) async fn resolve(&self, request: Message) -> Result<(), Error> {
        let (accounts, now) = (self.clone(), self.0.clock.now());
        self.write(move |tx| {
            if let Some(mailbox) = EmailKey::of(&request.recipient) {
                if request.kind == Kind::ResetRequested {
                    accounts.answer_forgotten(tx, &mailbox, request.language, now)?;
                } else if request.kind == Kind::VerificationRequested {
                    accounts.answer_unverified(tx, &mailbox, request.language, now)?;
                }
            }
            outbox::finish(tx, request.id, Outcome::Answered)
        })
        .await?;
        self.mail_is_waiting();
        Ok(())
    }

    fn answer_forgotten(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(found) = users::by_email(tx, mailbox)? else {
            return Ok(());
        };
        let question = Question {
            user: &found.user,
            purpose: Purpose::ResetPassword,
            mailbox: &found.user.email,
            language,
        };
        self.ask(tx, &question, now)
    }

    fn answer_unverified(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match users::by_email(tx, mailbox)? {
            Some(found) if found.user.email_verified => Ok(()),
            Some(found) => self.ask_to_verify(tx, &found.user, language, now),
            None => match pending_sign_ups::newest_of_mailbox(tx, mailbox, now)? {
                Some(waiting) => self.remind(tx, waiting, language, now),
                None => Ok(()),
            },
        }
    }

    /// Sends a sign-up that waits a code of its own. What was sent before stays good.
    fn remind(
        &self,
        tx: &mut Tx<'_>,
        waiting: PendingSignUp,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.mail_allowed(tx, waiting.email.key(), now)? {
            return Ok(());
        }
        let again = PendingSignUp {
            id: ChallengeId::new(now, &clock::random()),
            ..waiting
        };
        let life = Life::new(Purpose::SignUp, now, true);
        pending_sign_ups::insert(tx, &again, &life)?;
        Letter::of_sign_up(&again, language).post(tx, now)
    }
}
