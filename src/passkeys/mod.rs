//! Passkeys: the relying party, its ceremonies, and the verification of their responses.

mod ceremony;
mod relying_party;
pub mod webauthn;

use crate::domain::credential::secret::Secret;

pub use ceremony::{Ceremony, CeremonyPurpose, OpenedCeremony};
pub use relying_party::RelyingParty;
pub use webauthn::PasskeyRejected;

/// A response of an authenticator, as the client sent it, with the token of its ceremony.
#[derive(Clone, Debug)]
pub struct PasskeyProof {
    /// The token of the ceremony.
    pub ceremony: String,
    /// The credential, as `PublicKeyCredential.toJSON()` returns it.
    pub credential: serde_json::Value,
}

/// The relying party, and the key of its ceremonies. Clones share nothing that changes.
#[derive(Clone, Debug)]
pub struct Passkeys {
    relying_party: Option<RelyingParty>,
    /// Authenticates ceremonies.
    secret: Secret,
}

impl Passkeys {
    /// Passkeys of this relying party, or none if no relying party is configured.
    #[must_use]
    pub const fn new(relying_party: Option<RelyingParty>, secret: Secret) -> Self {
        Self {
            relying_party,
            secret,
        }
    }

    /// Returns the relying party, if one is configured.
    #[must_use]
    pub const fn relying_party(&self) -> Option<&RelyingParty> {
        self.relying_party.as_ref()
    }
}
