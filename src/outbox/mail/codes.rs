//! Codes and link tokens: derived from the secret when a message is sent, and verified when they
//! are presented.

use super::Outbox;
use crate::{
    domain::{
        account::ids::{ChallengeId, InvitationId},
        credential::{
            challenge::{self, CODE_LIFE, PresentedToken, Purpose},
            invitation,
            token::PlainToken,
        },
        message::MessageReference,
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

    /// Returns the token of an invitation.
    #[must_use]
    pub fn invitation_token(&self, id: InvitationId) -> PlainToken {
        invitation::token(&self.0.secret, id)
    }

    /// Returns the code and the token of a message, without those that have expired. `None` means
    /// that nothing is left of what the message is for.
    pub(super) fn secrets(
        &self,
        message: &OutboxMessage,
        mailer: &Mailer,
        now: Timestamp,
    ) -> Option<ChallengeSecrets> {
        let secret = &self.0.secret;
        let (purpose, id) = match (message.kind.purpose(), message.reference) {
            (Some(purpose), Some(MessageReference::Challenge(id))) => (purpose, id),
            (_, Some(MessageReference::Invitation(id))) => {
                let token = invitation::token(secret, id).expose().to_owned();
                return Some(ChallengeSecrets {
                    code: None,
                    token: Some(token),
                });
            }
            (_, Some(MessageReference::Challenge(_)) | None) => {
                return Some(ChallengeSecrets::default());
            }
        };
        let has_code = message.created_at.plus(CODE_LIFE) > now;
        let secrets = ChallengeSecrets {
            code: has_code.then(|| challenge::code(secret, purpose, id)),
            token: (mailer.has_links() && purpose.has_link())
                .then(|| challenge::token(secret, purpose, id)),
        };
        (secrets.code.is_some() || secrets.token.is_some()).then_some(secrets)
    }
}
