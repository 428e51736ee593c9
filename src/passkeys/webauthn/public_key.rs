//! Public keys of passkeys: `COSE_Key` maps (RFC 9052 section 7, RFC 9053, RFC 8230).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use minicbor::{Decoder, data::Type};

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// The COSE identifiers of the supported algorithms, in the order in which they are preferred.
pub const PASSKEY_ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

/// The lengths of an RSA modulus in bytes.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key of a supported algorithm.
#[derive(Debug)]
pub(super) enum PublicKey<'a> {
    Es256 {
        x: &'a [u8; 32],
        y: &'a [u8; 32],
    },
    EdDsa {
        x: &'a [u8; 32],
    },
    Rs256 {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
}

/// The parameters of a `COSE_Key`, by their labels.
#[derive(Default)]
struct Parameters<'a> {
    key_type: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    modulus: Option<&'a [u8]>,
    /// The x coordinate, or the exponent of an RSA key.
    x: Option<&'a [u8]>,
    y: Option<&'a [u8]>,
}

impl<'a> PublicKey<'a> {
    /// Parses a key. Its type, algorithm and curve must agree.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let key = Parameters::parse(bytes)?;
        match (key.key_type?, key.algorithm?, key.curve) {
            (2, ES256, Some(1)) => Some(Self::Es256 {
                x: key.x?.try_into().ok()?,
                y: key.y?.try_into().ok()?,
            }),
            (1, EDDSA, Some(6)) => Some(Self::EdDsa {
                x: key.x?.try_into().ok()?,
            }),
            (3, RS256, None) => Some(Self::Rs256 {
                modulus: key.modulus?,
                exponent: key.x?,
            }),
            _ => None,
        }
    }

    /// Returns the key if signatures can be verified with it: a point is on its curve, and a
    /// modulus has 2048 to 8192 bits.
    pub(super) fn check(self) -> Option<Self> {
        if let Self::Rs256 { modulus, .. } = self
            && !MODULUS_BYTES.contains(&modulus.len())
        {
            return None;
        }
        self.parsed().map(|_key| self)
    }

    /// Returns `Some` if the signature is valid.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        self.parsed()?.verify_sig(message, signature).ok()
    }

    fn parsed(&self) -> Option<ParsedPublicKey> {
        match self {
            Self::Es256 { x, y } => {
                let point = [&[4][..], &x[..], &y[..]].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()
            }
            Self::EdDsa { x } => ParsedPublicKey::new(&ED25519, x).ok(),
            Self::Rs256 { modulus, exponent } => RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .ok(),
        }
    }
}

impl<'a> Parameters<'a> {
    /// Reads a map whose labels are integers and occur once. Nothing follows the map.
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let members = decoder.map().ok()??;
        let mut key = Self::default();
        for _member in 0..members {
            let is_first = match decoder.i64().ok()? {
                1 => key.key_type.replace(decoder.i64().ok()?).is_none(),
                3 => key.algorithm.replace(decoder.i64().ok()?).is_none(),
                -1 if decoder.datatype().ok()? == Type::Bytes => {
                    key.modulus.replace(decoder.bytes().ok()?).is_none()
                }
                -1 => key.curve.replace(decoder.i64().ok()?).is_none(),
                -2 => key.x.replace(decoder.bytes().ok()?).is_none(),
                -3 => key.y.replace(decoder.bytes().ok()?).is_none(),
                // Section 6.5.1.1 forbids every other parameter.
                _ => false,
            };
            if !is_first {
                return None;
            }
        }
        (decoder.position() == bytes.len()).then_some(key)
    }
}
