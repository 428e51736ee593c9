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

/// The public exponent of an RSA key: 65537, which authenticators use. FIPS 186-5 section 5.1
/// demands more than 2^16.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// The y coordinates of the Ed25519 points of small order, without the sign of x: 0, 1, p - 1, p
/// and p + 1, and the two of order 8 (Chalkias et al., 2020, ePrint 2020/1244, table 1).
/// Anyone can sign for such a key.
const SMALL_ORDER: [[u8; 32]; 7] = [
    little_endian(0, 0, 0),
    little_endian(1, 0, 0),
    little_endian(0xec, 0xff, 0x7f),
    little_endian(0xed, 0xff, 0x7f),
    little_endian(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Returns a coordinate of one first, equal middle and one last byte.
const fn little_endian(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

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

    /// Returns the key if its signatures prove possession: a point is on its curve and not of small
    /// order, and a modulus has 2048 to 8192 bits.
    pub(super) fn check(self) -> Option<Self> {
        let is_strong = match self {
            Self::Es256 { .. } => true,
            Self::EdDsa { x } => !is_of_small_order(x),
            Self::Rs256 { modulus, exponent } => {
                MODULUS_BYTES.contains(&modulus.len()) && exponent == EXPONENT
            }
        };
        let key = self.parsed();
        (is_strong && key.is_some()).then_some(self)
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

fn is_of_small_order(point: &[u8; 32]) -> bool {
    let mut y = *point;
    // The last bit is the sign of x.
    y[31] &= 0x7f;
    SMALL_ORDER.contains(&y)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ed25519_points_of_small_order_are_rejected() {
        for y in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut x = y;
                x[31] |= sign;
                assert!(PublicKey::EdDsa { x: &x }.check().is_none(), "{x:?}");
            }
        }
        // The first key of RFC 8032 section 7.1.
        let x = [
            0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64,
            0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68,
            0xf7, 0x07, 0x51, 0x1a,
        ];
        assert!(PublicKey::EdDsa { x: &x }.check().is_some());
    }

    #[test]
    fn rsa_keys_with_a_small_exponent_are_rejected() {
        let mut modulus = [0xff; 256];
        modulus[0] = 0xc5;
        let with = |exponent: &[u8]| {
            let key = PublicKey::Rs256 {
                modulus: &modulus,
                exponent,
            };
            key.check().is_some()
        };
        assert!(with(&[1, 0, 1]));
        for weak in [&[1][..], &[3], &[0, 1, 0, 1], &[1, 0, 0], &[]] {
            assert!(!with(weak), "{weak:?}");
        }
    }
}
