//! Verification codes: six digits, derived from a challenge, for the user to type.

use subtle::ConstantTimeEq;

use super::purpose::Purpose;
use crate::domain::{
    account::ids::ChallengeId,
    credential::{secret::Secret, typed_code},
};

/// Digits of a code, which is typed from one device into another.
pub const CODE_LENGTH: usize = 6;

/// Attempts at a code.
pub const CODE_TRIES: i64 = 5;

/// Returns the code of a challenge.
#[must_use]
pub fn code(secret: &Secret, purpose: Purpose, id: ChallengeId) -> String {
    let mac = secret.mac(
        "challenge code",
        &[purpose.as_str().as_bytes(), id.as_bytes()],
    );
    let number = mac
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    // 2^64 is so much larger than a million that no code is likelier by more than 10^-13.
    format!("{:06}", number % 1_000_000)
}

/// Returns whether `presented` is the code of the challenge, however it was typed.
#[must_use]
pub fn is_code(presented: &str, secret: &Secret, purpose: Purpose, id: ChallengeId) -> bool {
    let expected = code(secret, purpose, id);
    typed_code::normalized(presented)
        .as_bytes()
        .ct_eq(expected.as_bytes())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{credential::secret::SECRET_BYTES, timestamp::Timestamp};

    fn id(random: u8) -> ChallengeId {
        ChallengeId::new(Timestamp::from_micros(1_790_000_000_000_000), &[random; 10])
    }

    #[test]
    fn code_has_six_digits_and_belongs_to_one_challenge() {
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
}
