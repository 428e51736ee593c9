//! The mail with which the owner of a new account chooses the first password.

use super::messages::OutboxMail;
use crate::{
    domain::{
        account::{ids::ChallengeId, user::User},
        credential::challenge::{Challenge, ChallengeLifetime, Purpose},
        language::Language,
        message::MessageKind,
        timestamp::Timestamp,
    },
    random,
    store::{StoreError, Tx, tables::challenges},
};

/// A challenge to the owner of an account that an administrator created.
pub struct FirstPasswordMail<'a> {
    /// The owner.
    pub user: &'a User,
    /// The language of the mail.
    pub language: Language,
}

impl FirstPasswordMail<'_> {
    /// Stores the challenge and enqueues its mail. No quota counts it, because no client without a
    /// service key can trigger it.
    pub fn store(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let challenge = Challenge {
            id: ChallengeId::new(now, &random::bytes()),
            user: self.user.id,
            purpose: Purpose::ResetPassword,
            email: self.user.email.clone(),
        };
        challenges::insert(tx, &challenge, &ChallengeLifetime::of_first_password(now))?;
        let mail = OutboxMail {
            kind: MessageKind::FirstPassword,
            to: &self.user.email,
            username: &self.user.username,
            language: self.language,
            reference: Some(challenge.id),
        };
        mail.enqueue(tx, now)
    }
}
