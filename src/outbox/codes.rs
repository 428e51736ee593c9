//! Codes and link tokens: derived from the secret when a message is sent, and verified when they
//! are presented.

use super::Outbox;
use crate::{
    domain::{
        account::ids::ChallengeId,
        credential::challenge::{self, CODE_LIFE, PresentedToken, Purpose},
        timestamp::Timestamp,
    },
    mail::{ChallengeSecrets, Mailer},
    store::tables::outbox::OutboxMessage,
};

impl Outbox {
    /// Returns whether a code is that of a challenge.
    #[must_use]
    pub fn is_code(&self, code: &str, purpose: Purpose, id: ChallengeId) -> bool {
        challenge::is_code(code, &self.0.secret, purpose, id)
    }

    /// Returns whether a link's token is valid for this purpose.
    #[must_use]
    pub fn is_token(&self, token: &PresentedToken, purpose: Purpose) -> bool {
        token.proves(&self.0.secret, purpose)
    }

    /// Returns the code and the token of a message, without those that have expired. `None` means
    /// that nothing is left of what the message is for.
    pub(super) fn secrets(
        &self,
        message: &OutboxMessage,
        mailer: &Mailer,
        now: Timestamp,
    ) -> Option<ChallengeSecrets> {
        let Some((purpose, id)) = message.kind.purpose().zip(message.reference) else {
            return Some(ChallengeSecrets::default());
        };
        let secret = &self.0.secret;
        let has_code = message.created_at.plus(CODE_LIFE) > now;
        let secrets = ChallengeSecrets {
            code: has_code.then(|| challenge::code(secret, purpose, id)),
            token: mailer
                .has_links()
                .then(|| challenge::token(secret, purpose, id)),
        };
        (secrets.code.is_some() || secrets.token.is_some()).then_some(secrets)
    }
}
