//! The signature of a passkey as a proof: verified, and consumed.

use crate::{
    domain::{
        account::{ids::UserId, user::User},
        client::Client,
        credential::passkey::{Passkey, next_count},
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    passkeys::{
        CeremonyPurpose, OpenedCeremony, PasskeyProof, PasskeyRejected, RelyingParty,
        webauthn::AssertionResponse,
    },
    service::{Error, PasskeyError, Service},
    store::{
        StoreError, Tx,
        tables::{ceremony_uses, passkeys, second_factors, users},
    },
};

/// A signature that was verified and not consumed yet.
pub(in crate::service) struct VerifiedAssertion {
    pub(in crate::service) passkey: Passkey,
    ceremony: OpenedCeremony,
    sign_count: u32,
    pub(in crate::service) is_backed_up: bool,
}

/// A passkey whose signature was verified and consumed.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) struct AssertedPasskey {
    /// `true` if the passkey is backed up.
    pub(in crate::service) is_backed_up: bool,
}

impl Service {
    /// Verifies the signature of one of the account's passkeys and consumes its ceremony, so that
    /// both are valid once. The caller has locked the account row.
    ///
    /// After an error the transaction is rolled back, and [`Self::report_passkey`] reports it.
    pub(in crate::service) fn consume_assertion(
        &self,
        tx: &mut Tx<'_>,
        owner: UserId,
        response: &PasskeyProof,
        purpose: CeremonyPurpose<'_>,
        now: Timestamp,
    ) -> Result<AssertedPasskey, Error> {
        let verified = self.verify_assertion(tx, response, purpose, now)?;
        if verified.passkey.user_id != owner {
            return Err(Error::Passkey(PasskeyError::Invalid));
        }
        verified.consume(tx, now)
    }

    /// Verifies the signature of a passkey. Nothing is written or locked.
    pub(in crate::service) fn verify_assertion(
        &self,
        tx: &mut Tx<'_>,
        response: &PasskeyProof,
        purpose: CeremonyPurpose<'_>,
        now: Timestamp,
    ) -> Result<VerifiedAssertion, Error> {
        let party = self.passkeys.relying_party();
        let party = party.ok_or(Error::Passkey(PasskeyError::NotConfigured))?;
        let ceremony = self.passkeys.open(&response.ceremony, purpose, now);
        let ceremony = ceremony.ok_or(Error::Passkey(PasskeyError::Invalid))?;
        let response = AssertionResponse::parse(&response.credential).map_err(rejected)?;
        let passkey =
            find(tx, party, &response, purpose)?.ok_or(Error::Passkey(PasskeyError::Invalid))?;
        let assertion = party
            .verify_assertion(&response, &ceremony.challenge, &passkey)
            .map_err(rejected)?;
        if purpose.needs_verified_user() && !assertion.is_user_verified {
            return Err(rejected(PasskeyRejected::UserVerification));
        }
        let Some(sign_count) = next_count(passkey.sign_count, assertion.sign_count) else {
            return Err(Error::Passkey(PasskeyError::CounterWentBack(
                passkey.user_id,
            )));
        };
        Ok(VerifiedAssertion {
            passkey,
            ceremony,
            sign_count,
            is_backed_up: assertion.is_backed_up,
        })
    }

    /// Reports a passkey whose counter went back to its owner, because another copy of the passkey
    /// may exist. Other errors are not reported.
    pub(in crate::service) async fn report_passkey(
        &self,
        error: &Error,
        client: &Client,
    ) -> Result<(), Error> {
        let Error::Passkey(PasskeyError::CounterWentBack(user)) = *error else {
            return Ok(());
        };
        let (outbox, language, now) = (self.outbox.clone(), client.language, self.clock.now());
        let context = client.as_anonymous(Some(user), now);
        let reported = self.database.write(move |tx| -> Result<(), StoreError> {
            users::lock(tx, user)?;
            SecurityEvent::PasskeyCounterWentBack.record(tx, context)?;
            let Some(owner) = users::by_id(tx, user)? else {
                return Ok(());
            };
            let kind = MessageKind::PasskeyCounterWentBack;
            outbox.notify(tx, &owner.user, kind, language, now)
        });
        reported.await?;
        self.outbox.wake();
        Ok(())
    }

    /// Returns the account of a verified passkey, if its owner may log in now.
    pub(in crate::service) fn passkey_owner(
        &self,
        tx: &mut Tx<'_>,
        verified: &VerifiedAssertion,
    ) -> Result<User, Error> {
        let found = users::by_id(tx, verified.passkey.user_id)?;
        let owner = found.ok_or(Error::Passkey(PasskeyError::Invalid))?;
        if owner.disabled {
            return Err(Error::AccountDisabled);
        }
        if self.policy.requires_verification() && !owner.user.email_verified {
            return Err(Error::EmailNotVerified);
        }
        Ok(owner.user)
    }
}

impl VerifiedAssertion {
    /// Consumes the ceremony and stores the counter. Of two transactions with one ceremony or one
    /// counter, one succeeds.
    pub(in crate::service) fn consume(
        self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<AssertedPasskey, Error> {
        let Self {
            passkey,
            ceremony,
            sign_count,
            is_backed_up,
        } = self;
        let is_first = ceremony_uses::insert(tx, &ceremony.digest, ceremony.expires_at)?;
        if is_first && passkeys::record_use(tx, &passkey, sign_count, is_backed_up, now)? {
            Ok(AssertedPasskey { is_backed_up })
        } else {
            Err(Error::Passkey(PasskeyError::Invalid))
        }
    }
}

/// Returns the passkey that a response names, if it is of this relying party and of the account
/// whose user handle the response contains.
fn find(
    tx: &mut Tx<'_>,
    party: &RelyingParty,
    response: &AssertionResponse,
    purpose: CeremonyPurpose<'_>,
) -> Result<Option<Passkey>, StoreError> {
    let found = passkeys::by_credential_id(tx, &response.id)?;
    let Some(passkey) = found.filter(|passkey| passkey.rp_id == party.id) else {
        return Ok(None);
    };
    let factors = second_factors::by_user(tx, passkey.user_id)?;
    let is_of_owner = match (&response.user_handle, purpose) {
        // The handle alone names the account of a login (section 7.2, step 6).
        (None, CeremonyPurpose::LogIn) => false,
        (None, _) => true,
        (Some(handle), _) => factors.is_some_and(|factors| factors.handle == *handle),
    };
    Ok(is_of_owner.then_some(passkey))
}

/// Logs the reason for developers. Clients see one code for all reasons.
pub(in crate::service) fn rejected(reason: PasskeyRejected) -> Error {
    tracing::info!(event = "passkey.rejected", %reason, "response of an authenticator rejected");
    Error::Passkey(PasskeyError::Invalid)
}
