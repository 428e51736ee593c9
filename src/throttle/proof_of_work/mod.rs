//! Proofs of work by the ALTCHA protocol, version 2. A challenge costs a client some CPU time, and
//! a solution is valid for one use.

mod difficulty;
mod mail_request;
pub(super) mod suspicion;

use std::{fmt, sync::Arc, time::Duration};

use altcha::{CreateChallengeOptions, Payload, VerifySolutionOptions};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::Error;
use crate::{
    domain::{credential::secret::Secret, modes::CaptchaMode, timestamp::Timestamp},
    meter::Counter,
    random,
    store::{Tx, tables::captcha_uses},
};

/// The lifetime of a challenge and of its solution.
const LIFE: Duration = Duration::from_mins(5);

const ALGORITHM: &str = "PBKDF2/SHA-256";

/// Rounds of PBKDF2 for one try. To create a challenge costs the service one try, so a try is kept
/// cheap. With fewer rounds, browsers would spend their time on calls into their cryptography, and
/// a native solver would be far faster than a browser.
const ROUNDS: u32 = 1_000;

/// Tries that a solution takes on average for a client IP without failures: a tenth of a second of
/// an ordinary CPU.
const TRIES: u32 = 100;

/// Failed attempts and signups of a client IP within an hour at which the work doubles for the
/// first time. It doubles again each time that they have doubled.
const ABUSE: u64 = 10;

/// The most doublings: 32 times the work keeps an ordinary phone busy for some seconds.
const DOUBLINGS: u32 = 5;

/// The longest solution that is parsed, in characters; an honest one has fewer than 1,000.
const MAX_LENGTH: usize = 4_096;

/// Creates challenges and verifies solutions. Replicas that share the service's secret accept each
/// other's challenges.
#[derive(Clone)]
pub(super) struct Captcha {
    /// When a proof is required.
    mode: CaptchaMode,
    challenge_key: String,
    solution_key: String,
    /// The solutions that were accepted.
    solved: Arc<Counter>,
}

impl fmt::Debug for Captcha {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Captcha({:?})", self.mode)
    }
}

/// A challenge as a client needs it: find the number whose derived key begins with `key_prefix`.
#[derive(Debug)]
pub struct CaptchaChallenge {
    /// `PBKDF2/SHA-256`
    pub algorithm: String,
    /// Rounds of one derivation.
    pub cost: u32,
    /// The expiry, in seconds since 1970.
    pub expires_at: i64,
    /// Bytes of a derived key.
    pub key_length: usize,
    /// The beginning of the right derived key, in hexadecimal.
    pub key_prefix: String,
    /// The signature of the derived key.
    pub key_signature: String,
    /// The beginning of the derivation's password, in hexadecimal. A big-endian number of four
    /// bytes follows.
    pub nonce: String,
    /// The salt of the derivation, in hexadecimal.
    pub salt: String,
    /// The signature of all of the above.
    pub signature: String,
}

/// The proof of work of one request: whether one is required, and what the request presented.
#[derive(Clone, Debug)]
pub struct CaptchaCheck {
    mode: CaptchaMode,
    presented: Presented,
    solved: Arc<Counter>,
}

/// The proof of work that a request presented.
#[derive(Clone, Debug)]
enum Presented {
    Nothing,
    /// A wrong or expired solution.
    Invalid,
    /// A right solution, which may have been used before.
    Solution {
        /// The digest of its challenge.
        digest: [u8; 32],
        expires_at: Timestamp,
    },
}

impl Captcha {
    /// A verifier in this mode, with keys of its own derived from the service's secret.
    pub(super) fn new(mode: CaptchaMode, secret: &Secret) -> Self {
        let key = |usage| hex::encode(secret.mac(usage, &[]));
        Self {
            mode,
            challenge_key: key("captcha challenge"),
            solution_key: key("captcha solution"),
            solved: Arc::default(),
        }
    }

    /// Returns how many solutions were accepted.
    pub(super) fn solved(&self) -> u64 {
        self.solved.value()
    }

    /// Creates a challenge for a client IP with this many failed attempts and signups within the
    /// hour. It costs the service one try.
    fn challenge(&self, abuse: u64, now: Timestamp) -> Result<CaptchaChallenge, Error> {
        // From the first number on, so that a solver gains nothing by another start than zero.
        let counter = u32::from_be_bytes(random::bytes()) % (2 * tries(abuse));
        let made = altcha::create_challenge(CreateChallengeOptions {
            algorithm: String::from(ALGORITHM),
            cost: ROUNDS,
            counter: Some(counter),
            expires_at: Some(now.plus(LIFE).as_micros().div_euclid(1_000_000)),
            hmac_signature_secret: Some(self.challenge_key.clone()),
            hmac_key_signature_secret: Some(self.solution_key.clone()),
            ..CreateChallengeOptions::default()
        })
        .map_err(|error| Error::Challenge(error.to_string()))?;
        let parameters = made.parameters;
        Ok(CaptchaChallenge {
            algorithm: parameters.algorithm,
            cost: parameters.cost,
            expires_at: parameters.expires_at.unwrap_or_default(),
            key_length: parameters.key_length,
            key_prefix: parameters.key_prefix,
            key_signature: parameters.key_signature.unwrap_or_default(),
            nonce: parameters.nonce,
            salt: parameters.salt,
            signature: made.signature.unwrap_or_default(),
        })
    }

    /// Verifies the solution that a request presented, unless none can be required. An empty string
    /// is no solution, as forms send it.
    pub(super) fn check(&self, presented: Option<&str>, now: Timestamp) -> CaptchaCheck {
        let presented = match presented {
            Some(text) if !text.is_empty() && self.mode != CaptchaMode::Off => {
                self.solution(text, now).unwrap_or(Presented::Invalid)
            }
            Some(_) | None => Presented::Nothing,
        };
        CaptchaCheck {
            mode: self.mode,
            presented,
            solved: Arc::clone(&self.solved),
        }
    }

    fn solution(&self, text: &str, now: Timestamp) -> Option<Presented> {
        let text = Some(text).filter(|text| text.len() <= MAX_LENGTH)?;
        let Payload {
            challenge,
            solution,
        } = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
        let key = Some(self.solution_key.clone());
        let verified = altcha::verify_solution(VerifySolutionOptions {
            hmac_key_signature_secret: key,
            ..VerifySolutionOptions::new(&challenge, &solution, self.challenge_key.as_str())
        });
        // Only a challenge with our signature can cause an error, which proves as little.
        verified.ok().filter(|result| result.verified)?;
        let expires_at = challenge.parameters.expires_at?.checked_mul(1_000_000)?;
        let expires_at = Timestamp::from_micros(expires_at);
        (now < expires_at).then(|| Presented::Solution {
            digest: Sha256::digest(challenge.signature.unwrap_or_default()).into(),
            expires_at,
        })
    }
}

impl CaptchaCheck {
    /// Returns whether a proof is required of a request that is suspicious or is not.
    pub(super) const fn is_due(&self, is_suspicious: bool) -> bool {
        match self.mode {
            CaptchaMode::Off => false,
            CaptchaMode::Adaptive => is_suspicious,
            CaptchaMode::Always => true,
        }
    }

    /// Consumes the proof if one is required, in the transaction of the request. A proof that is
    /// not required stays valid.
    pub(super) fn consume(&self, tx: &mut Tx<'_>, is_suspicious: bool) -> Result<(), Error> {
        if !self.is_due(is_suspicious) {
            return Ok(());
        }
        match &self.presented {
            Presented::Nothing => Err(Error::CaptchaRequired),
            Presented::Invalid => Err(Error::CaptchaInvalid),
            Presented::Solution { digest, expires_at } => {
                if !captcha_uses::insert(tx, digest, *expires_at)? {
                    return Err(Error::CaptchaInvalid);
                }
                self.solved.increment();
                Ok(())
            }
        }
    }
}

/// Returns the tries that a solution takes on average.
fn tries(abuse: u64) -> u32 {
    let doublings = (abuse / ABUSE).checked_ilog2().map_or(0, |log| log + 1);
    TRIES << doublings.min(DOUBLINGS)
}

#[cfg(test)]
mod tests;
