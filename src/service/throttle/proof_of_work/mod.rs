//! Proofs of work by the ALTCHA protocol, version 2: challenges that cost a machine some time, and solutions that are good for one
//! use; it must not know when one is asked for, nor what for.

use std::{fmt, time::Duration};

use altcha::{CreateChallengeOptions, Payload, VerifySolutionOptions};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    clock,
    domain::{credential::secret::Secret, modes::CaptchaMode, timestamp::Timestamp},
    service::Error,
    store::{Tx, tables::captcha_uses},
};

/// How long a challenge may be solved and its solution be used.
pub(crate) const LIFE: Duration = Duration::from_mins(5);

const ALGORITHM: &str = "PBKDF2/SHA-256";

/// Rounds of PBKDF2 for one try. Making a challenge costs us one try, so it is kept cheap; with fewer, browsers would spend
/// their time on the way into their cryptography, and a program of one's own would be far faster than they are.
const ROUNDS: u32 = 1_000;

/// Tries that a solution takes on average where nothing speaks against a network: a tenth of a second of an ordinary processor.
const TRIES: u32 = 100;

/// Failed log-ins and sign-ups of a network within an hour at which the work doubles for the first time. It doubles again
/// whenever they have doubled.
const ABUSE: u64 = 10;

/// Doublings at most: 32 times the work keeps an ordinary phone busy for some seconds.
const DOUBLINGS: u32 = 5;

/// Characters of a solution that are looked at; an honest one has fewer than 1,000.
const MAX_LENGTH: usize = 4_096;

/// What makes and judges proofs of work. Replicas that share the service's secret take each other's.
#[derive(Clone)]
pub struct Captcha {
    /// When a proof is asked for.
    mode: CaptchaMode,
    challenge_key: String,
    solution_key: String,
}

impl fmt::Debug for Captcha {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Captcha({:?})", self.mode)
    }
}

/// A challenge, as a client needs it: find the number whose derived key begins with `key_prefix`.
#[derive(Debug)]
pub struct CaptchaChallenge {
    /// `PBKDF2/SHA-256`
    pub algorithm: String,
    /// Rounds of one derivation.
    pub cost: u32,
    /// Seconds since 1970 at which it is too late.
    pub expires_at: i64,
    /// Bytes of a derived key.
    pub key_length: usize,
    /// What the right derived key begins with, in hexadecimal.
    pub key_prefix: String,
    /// The derived key's signature.
    pub key_signature: String,
    /// What the derivation's password begins with, in hexadecimal; a number of four bytes follows, big end first.
    pub nonce: String,
    /// The derivation's salt, in hexadecimal.
    pub salt: String,
    /// The signature of all of the above.
    pub signature: String,
}

/// A request on its way past the proofs of work: whether it has to bring one, and what it brought.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    mode: CaptchaMode,
    presented: Presented,
}

/// What a request brought as its proof of work.
#[derive(Clone, Debug)]
enum Presented {
    /// Nothing.
    Nothing,
    /// No solution of ours, or a late one.
    Invalid,
    /// A right solution, which may have been used before.
    Solution {
        /// Names its challenge.
        digest: [u8; 32],
        /// When it is too late for it.
        expires_at: Timestamp,
    },
}

impl Captcha {
    /// Proofs asked for in this mode, with keys of their own derived from the service's secret.
    #[must_use]
    pub fn new(mode: CaptchaMode, secret: &Secret) -> Self {
        let key = |usage| hexadecimal(&secret.mac(usage, &[]));
        Self {
            mode,
            challenge_key: key("captcha challenge"),
            solution_key: key("captcha solution"),
        }
    }

    /// A new challenge for a network with this many failed log-ins and sign-ups within the hour. Costs one try.
    pub(crate) fn challenge(&self, abuse: u64, now: Timestamp) -> Result<CaptchaChallenge, Error> {
        // From the first number on, so that beginning elsewhere than at zero gains nothing.
        let counter = u32::from_be_bytes(clock::random()) % (2 * tries(abuse));
        let made = altcha::create_challenge(CreateChallengeOptions {
            algorithm: String::from(ALGORITHM),
            cost: ROUNDS,
            counter: Some(counter),
            expires_at: Some(now.plus(LIFE).as_micros().div_euclid(1_000_000)),
            hmac_signature_secret: Some(self.challenge_key.clone()),
            hmac_key_signature_secret: Some(self.solution_key.clone()),
            ..CreateChallengeOptions::default()
        })
        .map_err(|error| Error::Internal(Box::new(error)))?;
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

    /// Judges what a request brought, unless nobody will ask. An empty text is nothing, as forms send it.
    pub(crate) fn check(&self, presented: Option<&str>, now: Timestamp) -> Check {
        let presented = match presented {
            Some(text) if !text.is_empty() && self.mode != CaptchaMode::Off => {
                self.solution(text, now).unwrap_or(Presented::Invalid)
            }
            Some(_) | None => Presented::Nothing,
        };
        Check {
            mode: self.mode,
            presented,
        }
    }

    fn solution(&self, text: &str, now: Timestamp) -> Option<Presented> {
        let text = Some(text).filter(|text| text.len() <= MAX_LENGTH)?;
        let Payload {
            challenge,
            solution,
        } = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
        let key = Some(self.solution_key.clone());
        let judged = altcha::verify_solution(VerifySolutionOptions {
            hmac_key_signature_secret: key,
            ..VerifySolutionOptions::new(&challenge, &solution, self.challenge_key.as_str())
        });
        // An error is what only a challenge of our own can bring about; it proves as little.
        judged.ok().filter(|result| result.verified)?;
        let expires_at = challenge.parameters.expires_at?.checked_mul(1_000_000)?;
        let expires_at = Timestamp::from_micros(expires_at);
        (now < expires_at).then(|| Presented::Solution {
            digest: Sha256::digest(challenge.signature.unwrap_or_default()).into(),
            expires_at,
        })
    }
}

impl Check {
    /// Whether a proof is asked for, where what went before is suspicious or is not.
    pub(crate) const fn is_due(&self, is_suspicious: bool) -> bool {
        match self.mode {
            CaptchaMode::Off => false,
            CaptchaMode::Adaptive => is_suspicious,
            CaptchaMode::Always => true,
        }
    }

    /// Uses the proof up if one is asked for, in the transaction of what it is asked for. A proof that
    /// nobody asked for stays good.
    pub(crate) fn pass(&self, tx: &mut Tx<'_>, is_suspicious: bool) -> Result<(), Error> {
        if !self.is_due(is_suspicious) {
            return Ok(());
        }
        match &self.presented {
            Presented::Nothing => Err(Error::CaptchaRequired),
            Presented::Invalid => Err(Error::CaptchaInvalid),
            Presented::Solution { digest, expires_at } => {
                if captcha_uses::insert(tx, digest, *expires_at)? {
                    Ok(())
                } else {
                    Err(Error::CaptchaInvalid)
                }
            }
        }
    }
}

/// Tries that a solution takes on average.
fn tries(abuse: u64) -> u32 {
    let doublings = (abuse / ABUSE).checked_ilog2().map_or(0, |log| log + 1);
    TRIES << doublings.min(DOUBLINGS)
}

fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
