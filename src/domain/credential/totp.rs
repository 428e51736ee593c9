//! Codes of authenticator apps: time-based one-time passwords (RFC 6238).

use std::{fmt, time::Duration};

use totp_rs::{Builder, Totp, TotpError};

use super::typed_code;
use crate::domain::timestamp::Timestamp;

/// Bytes of a secret: 160 bits, as RFC 4226 section 4 recommends.
pub const TOTP_SECRET_BYTES: usize = 20;

/// The use that stored secrets are sealed for. Their name is the account's id.
pub const TOTP_SECRET_SEAL: &str = "totp secret";

/// The time for which a set-up may be verified.
pub const TOTP_SETUP_LIFE: Duration = Duration::from_mins(10);

/// The secret that an account shares with an authenticator app. Its codes are those of SHA-1, six
/// digits and 30 seconds: many apps ignore other parameters. Its `Debug` hides it.
#[derive(Clone)]
pub struct TotpSecret(totp_rs::Secret);

impl TotpSecret {
    /// Returns the secret of these random bytes.
    #[must_use]
    pub const fn new(random: [u8; TOTP_SECRET_BYTES]) -> Self {
        Self(totp_rs::Secret::new_stack(random))
    }

    /// Returns a stored secret, or `None` if the length is wrong.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// Returns the bytes to seal.
    #[must_use]
    pub const fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the secret in base32 (RFC 4648 section 6), as users type it into an app.
    #[must_use]
    pub fn base32(&self) -> String {
        self.0.to_base32()
    }

    /// Returns the time step whose code was typed: the present one, or the one before or after it
    /// (RFC 6238 section 5.2). The comparison takes constant time.
    #[must_use]
    pub fn matching_step(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let step = self.builder().build_noncompliant();
        let step = step.check(&typed_code::normalized(typed), seconds)?;
        i64::try_from(step).ok()
    }

    /// Returns the URI from which an authenticator app reads the secret, with the names that the
    /// app shows beside its codes.
    ///
    /// # Errors
    /// If the account has a colon, which no username has.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, TotpError> {
        // A colon ends the issuer.
        let issuer = issuer.replace(':', " ");
        let totp: Totp = self
            .builder()
            .with_issuer(Some(issuer))
            .with_account_name(account)
            .build()?;
        totp.to_url()
    }

    fn builder(&self) -> Builder {
        Builder::new().with_secret(self.0.clone())
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times and codes of RFC 6238 appendix B for SHA-1. A code of six digits is the end of one
    /// of eight.
    const VECTORS: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];

    fn secret() -> TotpSecret {
        TotpSecret::new(*b"12345678901234567890")
    }

    fn step_at(typed: &str, seconds: i64) -> Option<i64> {
        secret().matching_step(typed, Timestamp::from_seconds(seconds))
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in VECTORS {
            assert_eq!(
                step_at(&code[2..], seconds),
                Some(seconds / 30),
                "{seconds}"
            );
            assert_eq!(step_at(code, seconds), None, "{seconds}");
        }
    }

    #[test]
    fn code_is_valid_one_step_either_way() {
        let (seconds, code) = (1_234_567_890, "005924");
        let step = seconds / 30;
        for (offset, expected) in [
            (-60, None),
            (-30, Some(step)),
            (0, Some(step)),
            (29, Some(step)),
            (59, Some(step)),
            (60, None),
        ] {
            assert_eq!(step_at(code, seconds + offset), expected, "{offset}");
        }
    }

    #[test]
    fn typed_codes_are_read_and_other_texts_are_none() {
        for typed in [" 005 924\n", "005-924", "００５９２４", "٠٠٥٩٢٤"] {
            assert!(step_at(typed, 1_234_567_890).is_some(), "{typed}");
        }
        for typed in ["", "5924", "+05924", "0059240", "00592a", "00592\u{2464}"] {
            assert!(step_at(typed, 1_234_567_890).is_none(), "{typed}");
        }
        assert!(
            secret()
                .matching_step("005924", Timestamp::from_micros(-1))
                .is_none()
        );
    }

    #[test]
    fn uri_names_app_and_account() {
        let base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(secret().base32(), base32);
        for (issuer, account, label, encoded) in [
            ("daemun", "minji", "daemun:minji", "daemun"),
            (
                "R&D: Lab",
                "민지",
                "R%26D%20%20Lab:%EB%AF%BC%EC%A7%80",
                "R%26D%20%20Lab",
            ),
        ] {
            let uri = secret().uri(issuer, account).unwrap();
            let expected = format!("otpauth://totp/{label}?secret={base32}&issuer={encoded}");
            assert_eq!(uri, expected);
        }
    }

    #[test]
    fn stored_secret_round_trips_and_debug_hides_it() {
        let stored = TotpSecret::from_stored(secret().expose()).unwrap();
        assert_eq!(stored.base32(), secret().base32());
        assert!(TotpSecret::from_stored(&[7; 19]).is_none());
        assert_eq!(format!("{stored:?}"), "TotpSecret(hidden)");
    }
}
