//! The proof of a second factor, and its use.

use crate::{
    domain::{
        account::user::User, client::Client,
        session::authentication_methods::AuthenticationMethods, timestamp::Timestamp,
    },
    passkeys::{CeremonyPurpose, PasskeyProof},
    service::{Error, Service},
    store::Tx,
};

/// The proof of a second factor.
#[derive(Clone)]
pub enum SecondFactorProof {
    /// A code of an authenticator app, as the client sent it.
    Code(String),
    /// A recovery code, as the client sent it.
    RecoveryCode(String),
    /// The signature of a passkey.
    Passkey(PasskeyProof),
}

/// A second factor that was verified and consumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum UsedFactor {
    /// A code of an authenticator app.
    Code,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey { is_backed_up: bool },
}

/// The owner and the client of a proof.
#[derive(Clone, Copy)]
pub(in crate::service) struct FactorUse<'a> {
    pub(in crate::service) owner: &'a User,
    pub(in crate::service) client: &'a Client,
    /// The ceremony that a passkey has to be of.
    pub(in crate::service) ceremony: CeremonyPurpose<'a>,
    pub(in crate::service) now: Timestamp,
}

impl UsedFactor {
    /// Returns the methods of a login with this second factor.
    pub(in crate::service) fn with_first(
        self,
        first: &AuthenticationMethods,
    ) -> AuthenticationMethods {
        match self {
            Self::Code | Self::RecoveryCode => first.and_code(),
            Self::Passkey { is_backed_up } => first.and_passkey(is_backed_up),
        }
    }

    /// Returns whether a login with it confirms the owner. A recovery code replaces a lost factor,
    /// so changes of factors need another proof.
    pub(in crate::service) const fn confirms(self) -> bool {
        match self {
            Self::Code | Self::Passkey { .. } => true,
            Self::RecoveryCode => false,
        }
    }
}

impl Service {
    /// Verifies a second factor and consumes it, so that it is valid once. The caller has locked
    /// the account row.
    pub(in crate::service) fn consume_second_factor(
        &self,
        tx: &mut Tx<'_>,
        proof: &SecondFactorProof,
        by: FactorUse<'_>,
    ) -> Result<UsedFactor, Error> {
        let FactorUse {
            owner,
            client,
            ceremony,
            now,
        } = by;
        let (is_right, used) = match proof {
            SecondFactorProof::Code(code) => (
                self.consume_totp_code(tx, owner.id, code, now)?,
                UsedFactor::Code,
            ),
            SecondFactorProof::RecoveryCode(code) => (
                self.consume_recovery_code(tx, owner, code, client, now)?,
                UsedFactor::RecoveryCode,
            ),
            SecondFactorProof::Passkey(proof) => {
                let used = self.consume_assertion(tx, owner.id, proof, ceremony, now)?;
                let is_backed_up = used.is_backed_up;
                (true, UsedFactor::Passkey { is_backed_up })
            }
        };
        is_right.then_some(used).ok_or(Error::CodeInvalid)
    }
}
