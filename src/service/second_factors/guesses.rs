//! Limits wrong second factors, and warns the owner of them.

use super::proof::SecondFactorProof;
use crate::{
    domain::{
        account::ids::UserId, client::Client, credential::token::TokenHash, language::Language,
        message::MessageKind,
    },
    service::{Error, Service},
    store::{StoreError, tables::users},
    throttle::Attempt,
};

impl Service {
    /// Returns the attempt at a second factor, as the limits count it.
    pub(super) fn second_factor_attempt(
        &self,
        proof: &SecondFactorProof,
        user: UserId,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        match proof {
            SecondFactorProof::Code(_) | SecondFactorProof::RecoveryCode(_) => {
                self.throttle.second_factor(user, device, client)
            }
            SecondFactorProof::Passkey(_) => Attempt::passkey(client),
        }
    }

    /// Sends the owner a notice that a client with the password guesses second factors: its
    /// challenge has no tries left, or a backoff begins.
    pub(super) async fn notify_of_guesses(
        &self,
        user: UserId,
        language: Language,
    ) -> Result<(), Error> {
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.database
            .write(move |tx| -> Result<(), StoreError> {
                let Some(found) = users::by_id(tx, user)? else {
                    return Ok(());
                };
                let kind = MessageKind::SecondFactorGuessed;
                outbox.notify(tx, &found.user, kind, language, now)
            })
            .await?;
        self.outbox.wake();
        Ok(())
    }
}
