//! Challenges: proofs that a user can read a mailbox, by a token in a link or by a code to type.
//!
//! Token and code are derived from the service's secret and the challenge's random id. Neither the
//! database nor a queued message holds anything that a reader of it could present.

mod code;
mod purpose;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::secret::{SECRET_BYTES, Secret};
use crate::domain::{
    account::{
        email::Email,
        ids::{ChallengeId, UserId},
    },
    timestamp::Timestamp,
};

pub use code::{CODE_LENGTH, CODE_TRIES, code, is_code};
pub use purpose::{CODE_LIFE, FIRST_PASSWORD_LIFE, LONGEST_LIFE, Purpose};

/// The prefix of every token, so that leak scanners can find one.
pub const PREFIX: &str = "dmc_";

/// Characters of a token: the prefix, an id of 16 and a proof of 32 bytes in base64url
/// (RFC 4648 section 5).
pub const TOKEN_LENGTH: usize = PREFIX.len() + 64;

/// Attempts at a token whose use is expensive, such as one for a new password that may be rejected.
pub const TOKEN_TRIES: i64 = 20;

/// A challenge for the owner of an account, as the database stores it.
#[derive(Debug)]
pub struct Challenge {
    /// The id from which the token and the code are derived.
    pub id: ChallengeId,
    /// The account.
    pub user: UserId,
    /// The purpose.
    pub purpose: Purpose,
    /// The email that is to be verified.
    pub email: Email,
}

/// The validity of a challenge, and the attempts at its code.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeLifetime {
    /// Attempts at the code that are left.
    pub tries_left: i64,
    /// The expiry of the code.
    pub code_expires_at: Timestamp,
    /// The expiry of the token.
    pub expires_at: Timestamp,
}

impl ChallengeLifetime {
    /// Returns the lifetime of a new challenge. A code that is not sent cannot be tried: it would
    /// be one more code that an attacker could guess.
    #[must_use]
    pub fn new(purpose: Purpose, now: Timestamp, is_sent: bool) -> Self {
        Self {
            tries_left: if is_sent { CODE_TRIES } else { 0 },
            code_expires_at: now.plus(CODE_LIFE),
            expires_at: now.plus(purpose.token_life()),
        }
    }

    /// Returns the lifetime of a new challenge for the first password of an account.
    #[must_use]
    pub fn of_first_password(now: Timestamp) -> Self {
        Self {
            expires_at: now.plus(FIRST_PASSWORD_LIFE),
            ..Self::new(Purpose::ResetPassword, now, true)
        }
    }

    /// Returns the same lifetime, cut off at `end`.
    #[must_use]
    pub fn until(self, end: Timestamp) -> Self {
        Self {
            tries_left: self.tries_left,
            code_expires_at: self.code_expires_at.min(end),
            expires_at: self.expires_at.min(end),
        }
    }
}

/// A presented token: the id that it names, and its proof.
#[derive(Clone)]
pub struct PresentedToken {
    /// The challenge that the token names.
    pub id: ChallengeId,
    proof: [u8; SECRET_BYTES],
}

impl PresentedToken {
    /// Parses a token; returns `None` if the text cannot be one of this service.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        let mut bytes = [0; 16 + SECRET_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let token = Self {
            id: ChallengeId::from_bytes(*id),
            proof: rest.try_into().ok()?,
        };
        bytes.zeroize();
        (length == bytes.len()).then_some(token)
    }

    /// Returns whether this is the token of its challenge, for this purpose.
    #[must_use]
    pub fn proves(&self, secret: &Secret, purpose: Purpose) -> bool {
        self.proof
            .ct_eq(&token_proof(secret, purpose, self.id))
            .into()
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PresentedToken(hidden)")
    }
}

/// Returns the token of a challenge, for a link.
#[must_use]
pub fn token(secret: &Secret, purpose: Purpose, id: ChallengeId) -> String {
    let mut bytes = id.as_bytes().to_vec();
    bytes.extend(token_proof(secret, purpose, id));
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
    bytes.zeroize();
    token
}

fn token_proof(secret: &Secret, purpose: Purpose, id: ChallengeId) -> [u8; SECRET_BYTES] {
    secret.mac(
        "challenge token",
        &[purpose.as_str().as_bytes(), id.as_bytes()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(random: u8) -> ChallengeId {
        ChallengeId::new(Timestamp::from_micros(1_790_000_000_000_000), &[random; 10])
    }

    #[test]
    fn token_proves_its_own_challenge_and_purpose_only() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let text = token(&secret, Purpose::VerifyEmail, id(1));
        assert_eq!(text.len(), TOKEN_LENGTH);
        let presented = PresentedToken::of(&text).unwrap();
        assert_eq!(presented.id, id(1));
        for purpose in Purpose::ALL {
            let is_own = purpose == Purpose::VerifyEmail;
            assert_eq!(presented.proves(&secret, purpose), is_own, "{purpose:?}");
        }
        let other = Secret::new([8; SECRET_BYTES]);
        assert!(!presented.proves(&other, Purpose::VerifyEmail));
        let foreign = PresentedToken {
            id: id(2),
            ..presented
        };
        assert!(!foreign.proves(&secret, Purpose::VerifyEmail));
    }

    #[test]
    fn malformed_token_is_none() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let text = token(&secret, Purpose::SignUp, id(1));
        for wrong in [
            "",
            PREFIX,
            "dmc_short",
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}A"),
            &text.replace("dmc_", "dms_"),
            &"é".repeat(34),
        ] {
            assert!(PresentedToken::of(wrong).is_none(), "{wrong}");
        }
    }
}
