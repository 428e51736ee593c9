//! Verifies the responses of authenticators (WebAuthn Level 3, sections 7.1 and 7.2).
//!
//! Attestation is not requested, so attestation statements are read over and not verified. A
//! passkey proves that it has its private key at its first use.

mod authenticator_data;
mod client_data;
mod public_key;
mod response;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::RelyingParty;
use crate::domain::credential::passkey::{Passkey, Transports};
use authenticator_data::AuthenticatorData;
use client_data::ClientData;
use public_key::PublicKey;

pub use public_key::PASSKEY_ALGORITHMS;
pub use response::{AssertionResponse, RegistrationResponse};

/// The maximum length of a credential id in bytes (section 4, *Credential ID*).
const CREDENTIAL_ID_MAX: usize = 1023;

/// The reason why a response is rejected. Clients see one code for all of them; the log has the
/// reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRejected {
    /// Members are missing or mistyped, or their encoding is wrong.
    #[error("the credential is malformed")]
    Malformed,
    /// The client data are of another type of ceremony.
    #[error("the client data are of another type")]
    Type,
    /// The challenge is another one.
    #[error("the challenge is another one")]
    Challenge,
    /// The origin is not of the relying party.
    #[error("the origin is neither below DAEMUN_PASSKEY_RP_ID nor in DAEMUN_PASSKEY_ORIGINS")]
    Origin,
    /// The page was embedded in a page of another origin.
    #[error("the page is embedded in a page of another origin")]
    CrossOrigin,
    /// The authenticator signed for another RP id.
    #[error("the RP id is another one")]
    RelyingParty,
    /// The user was not present.
    #[error("the user was not present")]
    UserPresence,
    /// The user was not verified.
    #[error("the user was not verified")]
    UserVerification,
    /// The flags of the backup contradict each other or the registration.
    #[error("the backup flags contradict each other or the registration")]
    BackupFlags,
    /// The key is of another algorithm, or no valid key.
    #[error("the public key is not a valid key of ES256, EdDSA or RS256")]
    PublicKey,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
}

/// A passkey that an authenticator created.
#[derive(Clone, Debug)]
pub struct RegisteredCredential {
    /// The id that the authenticator chose.
    pub id: Vec<u8>,
    /// The public key as a `COSE_Key`.
    pub public_key: Vec<u8>,
    /// The signature counter.
    pub sign_count: u32,
    /// The ways in which clients reach the authenticator.
    pub transports: Transports,
    /// `true` if the passkey can be backed up.
    pub is_backup_eligible: bool,
    /// `true` if the passkey is backed up.
    pub is_backed_up: bool,
}

/// The valid signature of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `true` if the authenticator verified the user.
    pub is_user_verified: bool,
    /// `true` if the passkey is backed up.
    pub is_backed_up: bool,
    /// The signature counter. The caller compares it with the stored one.
    pub sign_count: u32,
}

impl RelyingParty {
    /// Verifies the response of a registration.
    pub fn verify_registration(
        &self,
        credential: &Value,
        challenge: &[u8],
    ) -> Result<RegisteredCredential, PasskeyRejected> {
        let response = RegistrationResponse::parse(credential)?;
        ClientData::parse(&response.client_data)?.verify("webauthn.create", challenge, self)?;
        let bytes = authenticator_data::of_attestation(&response.attestation_object)
            .ok_or(PasskeyRejected::Malformed)?;
        let data = AuthenticatorData::parse(bytes).ok_or(PasskeyRejected::Malformed)?;
        data.verify(self)?;
        let attested = data.attested.ok_or(PasskeyRejected::Malformed)?;
        let is_named = attested.credential_id == response.id;
        if !is_named || !(1..=CREDENTIAL_ID_MAX).contains(&response.id.len()) {
            return Err(PasskeyRejected::Malformed);
        }
        PublicKey::parse(attested.public_key)
            .and_then(PublicKey::check)
            .ok_or(PasskeyRejected::PublicKey)?;
        Ok(RegisteredCredential {
            id: response.id,
            public_key: attested.public_key.to_vec(),
            sign_count: data.sign_count,
            transports: response.transports,
            is_backup_eligible: data.is_backup_eligible(),
            is_backed_up: data.is_backed_up(),
        })
    }

    /// Verifies the response of a login, second step or confirmation with the passkey that it
    /// names.
    pub fn verify_assertion(
        &self,
        response: &AssertionResponse,
        challenge: &[u8],
        passkey: &Passkey,
    ) -> Result<Assertion, PasskeyRejected> {
        ClientData::parse(&response.client_data)?.verify("webauthn.get", challenge, self)?;
        let bytes = &response.authenticator_data;
        let data = AuthenticatorData::parse(bytes).ok_or(PasskeyRejected::Malformed)?;
        data.verify(self)?;
        if data.is_backup_eligible() != passkey.is_backup_eligible {
            return Err(PasskeyRejected::BackupFlags);
        }
        let signed = [&bytes[..], &Sha256::digest(&response.client_data)].concat();
        PublicKey::parse(&passkey.public_key)
            .ok_or(PasskeyRejected::PublicKey)?
            .verify(&signed, &response.signature)
            .ok_or(PasskeyRejected::Signature)?;
        Ok(Assertion {
            is_user_verified: data.is_user_verified(),
            is_backed_up: data.is_backed_up(),
            sign_count: data.sign_count,
        })
    }
}

#[cfg(test)]
mod tests;
