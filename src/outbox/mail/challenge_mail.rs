//! Challenges to owners: stored together with the mail that holds their code and link.

use super::{
    Outbox,
    messages::{OutboxMail, Trigger},
};
use crate::{
    domain::{
        account::{email::Email, ids::ChallengeId, user::User},
        credential::challenge::{Challenge, ChallengeLifetime, Purpose},
        message::MessageKind,
        timestamp::Timestamp,
    },
    random,
    store::{
        StoreError, Tx,
        tables::{challenges, users},
    },
};

/// A challenge to an owner: a mail with a code and a link.
pub struct ChallengeMail<'a> {
    /// The owner.
    pub user: &'a User,
    /// The purpose of the code and the link.
    pub purpose: Purpose,
    /// The mailbox that receives them.
    pub mailbox: &'a Email,
    /// The request that triggers the mail.
    pub trigger: Trigger,
}

impl ChallengeMail<'_> {
    /// Stores the challenge, and enqueues its mail if it is to be sent. Locks the account row
    /// first. Returns whether the account still exists.
    pub fn store(
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
            id: ChallengeId::new(now, &random::bytes()),
            user: self.user.id,
            purpose: self.purpose,
            email: self.mailbox.clone(),
        };
        challenges::insert(
            tx,
            &challenge,
            &ChallengeLifetime::new(self.purpose, now, is_sent),
        )?;
        if is_sent {
            let mail = OutboxMail {
                kind: MessageKind::for_purpose(self.purpose),
                to: self.mailbox,
                username: &self.user.username,
                language: self.trigger.language,
                reference: Some(challenge.id),
            };
            mail.enqueue(tx, now)?;
        }
        Ok(true)
    }
}

impl Outbox {
    /// Sends a challenge, unless the mail quota suppresses it. Returns `false` if the account no
    /// longer exists.
    pub fn send_challenge(
        &self,
        tx: &mut Tx<'_>,
        mail: &ChallengeMail<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let kind = MessageKind::for_purpose(mail.purpose);
        let counted = mail.trigger.counted(kind, mail.mailbox.key());
        if !self.admits(tx, &counted, now)? {
            return Ok(true);
        }
        mail.store(tx, true, now)
    }

    /// Sends an owner the challenge that verifies the account's email. Returns `false` if the
    /// account no longer exists.
    pub fn send_verification(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mail = ChallengeMail {
            user,
            purpose: Purpose::VerifyEmail,
            mailbox: &user.email,
            trigger,
        };
        self.send_challenge(tx, &mail, now)
    }
}
