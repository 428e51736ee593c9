//! Authenticator data (WebAuthn section 6.1), and the attestation object around them (section
//! 6.5.4).

use minicbor::{Decoder, data::Type};

use super::{PasskeyRejected, RelyingParty};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// The statements of an authenticator about the user, the ceremony and itself.
pub(super) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) attested: Option<AttestedCredential<'a>>,
}

/// The credential of a registration.
#[derive(Clone, Copy)]
pub(super) struct AttestedCredential<'a> {
    pub(super) credential_id: &'a [u8],
    /// A `COSE_Key`, byte for byte.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Parses authenticator data. Every byte must belong to a part that the flags announce.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk()?;
        let (&flags, rest) = rest.split_first()?;
        let (sign_count, rest) = rest.split_first_chunk()?;
        let (attested, rest) = if flags & HAS_CREDENTIAL == 0 {
            (None, rest)
        } else {
            let (attested, rest) = AttestedCredential::split(rest)?;
            (Some(attested), rest)
        };
        let rest = if flags & HAS_EXTENSIONS == 0 {
            rest
        } else {
            split_map(rest)?.1
        };
        rest.is_empty().then_some(Self {
            rp_id_hash,
            flags,
            sign_count: u32::from_be_bytes(*sign_count),
            attested,
        })
    }

    /// Checks the rules of all ceremonies.
    pub(super) fn verify(&self, relying_party: &RelyingParty) -> Result<(), PasskeyRejected> {
        if *self.rp_id_hash != relying_party.id_hash() {
            return Err(PasskeyRejected::RelyingParty);
        }
        if !self.has(USER_PRESENT) {
            return Err(PasskeyRejected::UserPresence);
        }
        if self.is_backed_up() && !self.is_backup_eligible() {
            return Err(PasskeyRejected::BackupFlags);
        }
        Ok(())
    }

    pub(super) const fn is_user_verified(&self) -> bool {
        self.has(USER_VERIFIED)
    }

    pub(super) const fn is_backup_eligible(&self) -> bool {
        self.has(BACKUP_ELIGIBLE)
    }

    pub(super) const fn is_backed_up(&self) -> bool {
        self.has(BACKED_UP)
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl<'a> AttestedCredential<'a> {
    /// Splits the credential from the bytes behind it.
    fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (_aaguid, rest) = bytes.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (credential_id, rest) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (public_key, rest) = split_map(rest)?;
        let attested = Self {
            credential_id,
            public_key,
        };
        Some((attested, rest))
    }
}

/// Splits a CBOR map from the bytes behind it.
fn split_map(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut decoder = Decoder::new(bytes);
    if decoder.datatype().ok()? != Type::Map {
        return None;
    }
    decoder.skip().ok()?;
    bytes.split_at_checked(decoder.position())
}

/// Returns the authenticator data of an attestation object. The object has exactly the three
/// members of the standard, and nothing follows it.
pub(super) fn of_attestation(object: &[u8]) -> Option<&[u8]> {
    let mut decoder = Decoder::new(object);
    let members = decoder.map().ok()??;
    let (mut data, mut format, mut statement) = (None, None, None);
    for _member in 0..members {
        let is_first = match decoder.str().ok()? {
            "authData" => data.replace(decoder.bytes().ok()?).is_none(),
            "fmt" => format.replace(decoder.str().ok()?).is_none(),
            "attStmt" => statement.replace(decoder.skip().ok()?).is_none(),
            _ => false,
        };
        if !is_first {
            return None;
        }
    }
    let is_whole = decoder.position() == object.len() && format.is_some() && statement.is_some();
    data.filter(|_data| is_whole)
}
