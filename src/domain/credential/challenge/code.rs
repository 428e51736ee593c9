//! Verification codes: six digits, derived from a challenge, for the user to type.

use std::time::Duration;

use icu_properties::{CodePointMapData, CodePointMapDataBorrowed, props::GeneralCategory};
use subtle::ConstantTimeEq;

use super::purpose::Purpose;
use crate::domain::{account::ids::ChallengeId, credential::secret::Secret};

/// Digits of a code, which is typed from one device into another.
pub const CODE_LENGTH: usize = 6;

/// The lifetime of a code. With [`CODE_TRIES`], a guess succeeds once in 200,000 codes
/// (ASVS 5.0 6.5.5, 6.6.3).
pub const CODE_LIFE: Duration = Duration::from_mins(15);

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
    typed_code(presented)
        .as_bytes()
        .ct_eq(expected.as_bytes())
        .into()
}

/// Returns a code with ASCII digits in place of those of other scripts, without spaces and hyphens.
fn typed_code(presented: &str) -> String {
    let kinds = CodePointMapData::<GeneralCategory>::new();
    presented
        .chars()
        .filter(|c| !c.is_whitespace() && kinds.get(*c) != GeneralCategory::DashPunctuation)
        .map(|c| ascii_digit(kinds, c).unwrap_or(c))
        .collect()
}

/// Returns the ASCII digit of the same value. Unicode encodes the decimal digits of a script as ten
/// code points in ascending order (chapter 4.6), so the position of a digit in its range gives its
/// value. Adjacent ranges have ten digits each.
fn ascii_digit(kinds: CodePointMapDataBorrowed<'_, GeneralCategory>, c: char) -> Option<char> {
    let up_to_it = (0..=u32::from(c)).rev();
    let place = up_to_it
        .take_while(|code_point| kinds.get32(*code_point) == GeneralCategory::DecimalNumber)
        .count();
    let value = u32::try_from(place.checked_sub(1)? % 10).ok()?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

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

    #[test]
    fn digits_of_every_script_are_accepted() {
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
