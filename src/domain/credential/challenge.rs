//! Challenges: what somebody proves to read a mailbox with, a token in a link or a code to type; it must not know how either is sent.
//!
//! Both are derived from the service's secret and the challenge's random id, so the database holds nothing that a reader of it could
//! present, and a message that waits to be sent holds nothing either.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed, props::GeneralCategory};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::secret::{SECRET_BYTES, Secret};
use crate::domain::{
    account::{
        email::Email,
        user::{ChallengeId, UserId},
    },
    timestamp::Timestamp,
};

/// What every token begins with, so that leak scanners can find one.
pub const PREFIX: &str = "dmc_";

/// Characters of a token: the prefix, an id of 16 and a proof of 32 bytes in base64url (RFC 4648 section 5).
pub const TOKEN_LENGTH: usize = PREFIX.len() + 64;

/// Digits of a code, which is typed from one device into another.
pub const CODE_LENGTH: usize = 6;

/// How long a code is good for, and how often it may be tried: one guess in 200,000 (ASVS 5.0 6.5.5, 6.6.3).
pub const CODE_LIFE: Duration = Duration::from_mins(15);
/// Tries of a code.
pub const CODE_TRIES: i64 = 5;

/// Tries of a token that costs work each time, such as one for a new password that the rules may refuse.
pub const TOKEN_TRIES: i64 = 20;

/// How long a token is good for at most, whatever it proves.
pub const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// What is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// That somebody who signed up reads the mailbox; the account exists from then on.
    SignUp,
    /// That an account's owner reads its mailbox.
    VerifyEmail,
    /// That an account's owner reads the mailbox that he wants to change to.
    ChangeEmail,
    /// That somebody who forgot the password reads the account's mailbox.
    ResetPassword,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [
        Self::SignUp,
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ResetPassword,
    ];

    /// The name that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
        }
    }

    /// The purpose of a kept name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
    }

    /// Whether a new challenge takes the place of older ones. It does not where the older one may be another person's, or where
    /// two mails may cross.
    #[must_use]
    pub const fn replaces_older(self) -> bool {
        match self {
            Self::SignUp | Self::VerifyEmail => false,
            Self::ChangeEmail | Self::ResetPassword => true,
        }
    }

    /// How long its token is good for. A way past the password is open for 30 minutes only.
    #[must_use]
    pub const fn token_life(self) -> Duration {
        match self {
            Self::SignUp | Self::VerifyEmail | Self::ChangeEmail => LONGEST_LIFE,
            Self::ResetPassword => Duration::from_mins(30),
        }
    }
}

/// What an account's owner is asked to prove, as the database keeps it.
#[derive(Debug)]
pub struct Challenge {
    /// What its token and code are derived from.
    pub id: ChallengeId,
    /// Whose.
    pub user: UserId,
    /// What it proves.
    pub purpose: Purpose,
    /// The mailbox that it proves to read.
    pub email: Email,
}

/// How long a challenge can be met, and how often its code may be tried.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Tries of the code that are left.
    pub tries_left: i64,
    /// When the code is no longer good.
    pub code_expires_at: Timestamp,
    /// When the token is no longer good.
    pub expires_at: Timestamp,
}

impl Life {
    /// Of a challenge that goes out in a mail. A code that nobody is told cannot be tried: each would be one more that a
    /// stranger might hit by chance.
    #[must_use]
    pub fn new(purpose: Purpose, now: Timestamp, is_sent: bool) -> Self {
        Self {
            tries_left: if is_sent { CODE_TRIES } else { 0 },
            code_expires_at: now.plus(CODE_LIFE),
            expires_at: now.plus(purpose.token_life()),
        }
    }

    /// The same, ending at this time at the latest.
    #[must_use]
    pub fn until(self, end: Timestamp) -> Self {
        Self {
            tries_left: self.tries_left,
            code_expires_at: self.code_expires_at.min(end),
            expires_at: self.expires_at.min(end),
        }
    }
}

/// A token that somebody presents, taken apart: whose it claims to be, and the proof of it.
#[derive(Clone)]
pub struct PresentedToken {
    /// The challenge that it names.
    pub id: ChallengeId,
    proof: [u8; SECRET_BYTES],
}

impl PresentedToken {
    /// Takes text apart; `None` for what cannot be a token of ours.
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

    /// Whether it is the token of its challenge, for this purpose.
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

/// The token of a challenge, to be put into a link.
#[must_use]
pub fn token(secret: &Secret, purpose: Purpose, id: ChallengeId) -> String {
    let mut bytes = id.as_bytes().to_vec();
    bytes.extend(token_proof(secret, purpose, id));
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
    bytes.zeroize();
    token
}

/// The code of a challenge, to be typed.
#[must_use]
pub fn code(secret: &Secret, purpose: Purpose, id: ChallengeId) -> String {
    let mac = secret.mac(
        "challenge code",
        &[purpose.as_str().as_bytes(), id.as_bytes()],
    );
    let number = mac
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    // 2^64 is so much larger than the million that no code is likelier than another by more than 10^-13.
    format!("{:06}", number % 1_000_000)
}

/// Whether this is the code of the challenge, however it was typed.
#[must_use]
pub fn is_code(presented: &str, secret: &Secret, purpose: Purpose, id: ChallengeId) -> bool {
    let expected = code(secret, purpose, id);
    typed_code(presented)
        .as_bytes()
        .ct_eq(expected.as_bytes())
        .into()
}

/// A code with ASCII digits for those of any script, without blanks and hyphens.
fn typed_code(presented: &str) -> String {
    let kinds = CodePointMapData::<GeneralCategory>::new();
    presented
        .chars()
        .filter(|c| !c.is_whitespace() && kinds.get(*c) != GeneralCategory::DashPunctuation)
        .map(|c| ascii_digit(kinds, c).unwrap_or(c))
        .collect()
}

/// Unicode encodes the decimal digits of a script as ten code points in ascending order (chapter 4.6), so the place of a digit in its
/// range gives its value. Ranges that touch have ten digits each.
fn ascii_digit(kinds: CodePointMapDataBorrowed<'_, GeneralCategory>, c: char) -> Option<char> {
    let up_to_it = (0..=u32::from(c)).rev();
    let place = up_to_it
        .take_while(|code_point| kinds.get32(*code_point) == GeneralCategory::DecimalNumber)
        .count();
    let value = u32::try_from(place.checked_sub(1)? % 10).ok()?;
    char::from_digit(value, 10)
}

fn token_proof(secret: &Secret, purpose: Purpose, id: ChallengeId) -> [u8; SECRET_BYTES] {
    secret.mac(
        "challenge token",
        &[purpose.as_str().as_bytes(), id.as_bytes()],
    )
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn id(random: u8) -> ChallengeId {
        ChallengeId::new(Timestamp::from_micros(1_790_000_000_000_000), &[random; 10])
    }

    #[test]
    fn a_token_proves_its_own_challenge_and_purpose_alone() {
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
    fn what_is_no_token_is_none() {
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

    #[test]
    fn a_kept_name_finds_its_purpose_again() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::of(purpose.as_str()), Some(purpose));
        }
        assert_eq!(Purpose::of("unknown"), None);
    }

    #[test]
    fn a_code_is_six_digits_of_its_own_challenge() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let text = code(&secret, Purpose::ResetPassword, id(1));
        assert_eq!(text.len(), CODE_LENGTH);
        assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(is_code(
            &format!(" {text}\n"),
            &secret,
            Purpose::ResetPassword,
            id(1)
        ));
        assert!(!is_code(&text, &secret, Purpose::VerifyEmail, id(1)));
        assert!(!is_code(&text, &secret, Purpose::ResetPassword, id(2)));
        assert!(!is_code("", &secret, Purpose::ResetPassword, id(1)));
    }

    #[test]
    fn digits_of_every_script_count() {
        for (typed, code) in [
            ("123 456", "123456"),
            ("１２３４５６", "123456"),
            ("٠١٢-٣٤٥", "012345"),
            ("\u{1d7ce}\u{1d7d7}\u{1d7d8}\u{1d7ff}", "0909"),
            ("12a②", "12a②"),
            ("", ""),
        ] {
            assert_eq!(typed_code(typed), code);
        }
        let kinds = CodePointMapData::<GeneralCategory>::new();
        for c in ('\0'..=char::MAX).filter(|c| kinds.get(*c) == GeneralCategory::DecimalNumber) {
            let folded: String = c.nfkc().collect();
            let value = ascii_digit(kinds, c).unwrap();
            assert!(!folded.is_ascii() || folded == value.to_string(), "{c}");
        }
    }
}
