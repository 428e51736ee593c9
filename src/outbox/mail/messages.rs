//! Messages as they are enqueued, and notices to the owners of accounts.

use serde_json::json;

use super::Outbox;
use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::{ChallengeId, MessageId},
            pending_sign_up::PendingSignUp,
            user::User,
            username::Username,
        },
        language::Language,
        message::{MessageKind, MessageReference},
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    random,
    store::{StoreError, Tx, tables::outbox},
    throttle::CountedMail,
};

/// A message to be enqueued.
pub struct OutboxMail<'a> {
    pub(super) kind: MessageKind,
    pub(super) to: &'a Email,
    pub(super) username: &'a Username,
    pub(super) language: Language,
    /// The challenge or pending signup that its code and link are for.
    pub(super) reference: Option<ChallengeId>,
}

impl<'a> OutboxMail<'a> {
    /// The mail that verifies the email of a pending signup.
    #[must_use]
    pub const fn sign_up(pending: &'a PendingSignUp, language: Language) -> Self {
        Self {
            kind: MessageKind::SignUp,
            to: &pending.email,
            username: &pending.username,
            language,
            reference: Some(pending.id),
        }
    }

    /// A notice to the owner of an account, without a code or link.
    #[must_use]
    pub const fn notice(kind: MessageKind, owner: &'a User, language: Language) -> Self {
        Self {
            kind,
            to: &owner.email,
            username: &owner.username,
            language,
            reference: None,
        }
    }

    /// Writes the message to the outbox.
    pub fn enqueue(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let detail = json!({ "username": self.username.as_str() });
        self.enqueue_with(tx, &detail, now)
    }

    fn enqueue_with(
        &self,
        tx: &mut Tx<'_>,
        detail: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let message = outbox::NewMessage {
            id: MessageId::new(now, &random::bytes()),
            kind: self.kind,
            recipient: self.to.as_str(),
            language: self.language,
            reference: self.reference.map(MessageReference::Challenge),
            detail: &detail.to_string(),
            created_at: now,
            expires_at: now.plus(self.kind.life()),
        };
        outbox::insert(tx, &message)
    }
}

/// The request that triggers a mail.
#[derive(Clone, Copy)]
pub struct Trigger {
    /// The client as its mails are counted.
    pub client: Option<Subject>,
    /// The language of the client.
    pub language: Language,
}

impl Trigger {
    /// Returns the mail as the quota counts it.
    #[must_use]
    pub const fn counted<'a>(&self, kind: MessageKind, mailbox: &'a EmailKey) -> CountedMail<'a> {
        CountedMail {
            kind,
            mailbox,
            client: self.client,
        }
    }
}

/// A login from a device that the account was not used from before.
pub struct NewDeviceLogin<'a> {
    /// The owner.
    pub user: &'a User,
    /// The client IP.
    pub ip: &'a str,
    /// The `User-Agent` of the request.
    pub user_agent: &'a str,
    /// The language of the client.
    pub language: Language,
}

impl Outbox {
    /// Returns a request of this client that triggers a mail to this mailbox.
    #[must_use]
    pub fn trigger(&self, mailbox: &EmailKey, ip: &str, language: Language) -> Trigger {
        Trigger {
            client: Some(self.client(mailbox, ip)),
            language,
        }
    }

    /// Returns the digest under which the mails of a client to a mailbox are counted.
    #[must_use]
    pub fn client(&self, mailbox: &EmailKey, ip: &str) -> Subject {
        self.0.quota.client(mailbox, ip)
    }

    /// Counts a mail that anyone can trigger. Returns whether it may be sent.
    pub fn admits(
        &self,
        tx: &mut Tx<'_>,
        mail: &CountedMail<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.0.quota.admits(tx, mail, now)
    }

    /// Sends a notice to the owner of an account, if the email is verified and the quota of the
    /// kind is not used up.
    pub fn notify(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        kind: MessageKind,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.admits_notice(tx, user, kind, now)? {
            OutboxMail::notice(kind, user, language).enqueue(tx, now)?;
        }
        Ok(())
    }

    /// Sends the owner a notice of a login from a new device, under the same conditions.
    pub fn notify_new_device(
        &self,
        tx: &mut Tx<'_>,
        login: &NewDeviceLogin<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let kind = MessageKind::NewDevice;
        if self.admits_notice(tx, login.user, kind, now)? {
            let detail = json!({
                "username": login.user.username.as_str(),
                "ip": login.ip,
                "user_agent": login.user_agent,
                "at": now.rfc3339(),
            });
            let notice = OutboxMail::notice(kind, login.user, login.language);
            notice.enqueue_with(tx, &detail, now)?;
        }
        Ok(())
    }

    fn admits_notice(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        kind: MessageKind,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(user.email_verified
            && self.is_enabled()
            && self.0.quota.admits_notice(tx, user.id, kind, now)?)
    }
}
