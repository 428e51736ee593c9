//! Passwords: their length and characters.

use secrecy::{ExposeSecret, SecretBox};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::{
    account::{email::local_part, username::fold},
    invalid::Invalid,
};

/// The longest canonical decomposition of a code point: no text longer than `MAX` times this can
/// become a password.
const MAX_DECOMPOSITION: usize = 4;

/// The largest growth of UTF-8 under NFC (UAX 15, section 14).
const MAX_GROWTH: usize = 3;

/// A password as presented at login, in NFC. It is zeroized on drop and hidden in `Debug`.
#[derive(Debug)]
pub struct Password(SecretBox<String>);

impl Clone for Password {
    fn clone(&self) -> Self {
        Self(SecretBox::init_with(|| self.expose().to_owned()))
    }
}

impl Password {
    /// The most code points, after NFC. ASVS 6.2.9 requires 64 or more; the limit bounds the work.
    pub const MAX: usize = 128;

    /// Parses a presented password. Returns `None` if it can be no password (empty, too long or
    /// with a NUL); the caller must then still do the work of a comparison. The work here is
    /// bounded for every length.
    #[must_use]
    pub fn presented(raw: &str) -> Option<Self> {
        Self::read(raw, 0).ok()
    }

    /// Returns the secret, in NFC.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Parses a password of at least `minimum` code points, and at least one.
    fn read(raw: &str, minimum: usize) -> Result<Self, Invalid> {
        if raw.chars().nth(Self::MAX * MAX_DECOMPOSITION).is_some() {
            return Err(Invalid::TooLong);
        }
        if raw.contains('\0') {
            return Err(Invalid::InvalidCharacters);
        }
        let secret = SecretBox::init_with_mut(|text: &mut String| {
            // A buffer that never reallocates leaves no copy behind.
            text.reserve_exact(raw.len() * MAX_GROWTH);
            text.extend(raw.nfc());
        });
        match secret.expose_secret().chars().count() {
            length if length > Self::MAX => Err(Invalid::TooLong),
            length if length < minimum.max(1) => Err(Invalid::TooShort),
            _ => Ok(Self(secret)),
        }
    }
}

/// A new password, neither too short nor too long. `password_strength` checks its strength.
#[derive(Clone, Debug)]
pub struct NewPassword(Password);

impl NewPassword {
    /// The most code points, after NFC.
    pub const MAX: usize = Password::MAX;

    /// Parses a new password of at least `minimum` code points after NFC. The work is bounded for
    /// every length.
    pub fn parse(raw: &str, minimum: usize) -> Result<Self, Invalid> {
        Password::read(raw, minimum).map(Self)
    }

    /// Returns the secret, in NFC.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns an error if the password is the username, the email or its local part. Whole texts
    /// are compared, as SP 800-63B-4 section 3.1.1.2 requires; case and width are ignored. A
    /// password that contains one of them and much else is good.
    #[must_use]
    pub fn equals_identity(&self, username: &str, email: &str) -> Option<Invalid> {
        let password = folded(self.expose());
        let is = |text: &str| *password == *folded(text);
        if is(username) {
            Some(Invalid::PasswordEqualsUsername)
        } else if is(email) || is(local_part(email)) {
            Some(Invalid::PasswordEqualsEmail)
        } else {
            None
        }
    }
}

/// Folds the text into a buffer of its final size: a growing buffer would leave copies behind.
fn folded(text: &str) -> Zeroizing<String> {
    let mut buffer = Zeroizing::new(String::with_capacity(fold(text).map(char::len_utf8).sum()));
    buffer.extend(fold(text));
    buffer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(raw: &str) -> Option<Invalid> {
        NewPassword::parse(raw, 8).err()
    }

    fn equal(password: &str, username: &str, email: &str) -> Option<Invalid> {
        NewPassword::parse(password, 1)
            .unwrap()
            .equals_identity(username, email)
    }

    #[test]
    fn counts_code_points_after_composing() {
        assert_eq!(refusal("1234567"), Some(Invalid::TooShort));
        assert_eq!(refusal("12345678"), None);
        assert_eq!(refusal(&"e\u{301}".repeat(7)), Some(Invalid::TooShort));
        assert_eq!(refusal(&"e\u{301}".repeat(128)), None);
        assert_eq!(refusal(&"가".repeat(128)), None);
        assert_eq!(refusal(&"가".repeat(129)), Some(Invalid::TooLong));
        assert_eq!(
            refusal(&"\u{1f82}".repeat(128).nfd().collect::<String>()),
            None
        );
        assert_eq!(refusal(&"a".repeat(16_384)), Some(Invalid::TooLong));
        assert_eq!(NewPassword::parse("", 0).err(), Some(Invalid::TooShort));
    }

    #[test]
    fn takes_anything_but_nul() {
        assert_eq!(refusal(" \t\u{1}\u{7f}🙂\u{200d}\u{202e}\u{10ffff} "), None);
        assert_eq!(refusal("12345678\0"), Some(Invalid::InvalidCharacters));
    }

    #[test]
    fn one_text_in_two_forms_is_one_password() {
        let decomposed = NewPassword::parse("\u{1112}\u{1161}\u{11ab}글 비밀 번호", 8).unwrap();
        let composed = Password::presented("한글 비밀 번호").unwrap();
        assert_eq!(decomposed.expose(), composed.expose());
    }

    #[test]
    fn what_can_be_nobodys_is_not_presented() {
        assert!(Password::presented("x").is_some());
        assert!(Password::presented(&"a".repeat(128)).is_some());
        for raw in ["", "pass\0word", &"a".repeat(129), &"a".repeat(16_384)] {
            assert!(Password::presented(raw).is_none());
        }
    }

    #[test]
    fn refuses_its_owners_username_and_email() {
        let by_name = Some(Invalid::PasswordEqualsUsername);
        let by_email = Some(Invalid::PasswordEqualsEmail);
        for (password, username, refusal) in [
            ("Ann4", "ann4", by_name),
            ("STRASSE", "straße", by_name),
            ("ａｎｎａｂ", "annab", by_name),
            ("MINSU.kim@Mail.Example", "annab", by_email),
            ("Minsu.Kim", "annab", by_email),
            ("minsu.kim", "Minsu.Kim", by_name),
        ] {
            let equal = equal(password, username, "minsu.kim@mail.example");
            assert_eq!(equal, refusal, "{password}");
        }
    }

    #[test]
    fn takes_what_holds_its_owners_username_and_email() {
        for password in [
            "four-river-candle-oboe-99",
            "annab",
            "xxANNABxx",
            "mail.example",
        ] {
            assert_eq!(
                equal(password, "river99", "river@mail.example"),
                None,
                "{password}"
            );
        }
    }

    #[test]
    fn debug_hides_the_secret() {
        let password = NewPassword::parse("canary-4711", 8).unwrap();
        assert!(!format!("{password:?}").contains("canary"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Ok(password) = NewPassword::parse(&text, 8) {
                let presented = Password::presented(&text).unwrap();
                prop_assert_eq!(presented.expose(), password.expose());
                let again = NewPassword::parse(password.expose(), 8).unwrap();
                prop_assert_eq!(again.expose(), password.expose());
                prop_assert!(password.equals_identity(&text, "q@mail.example").is_some());
            }
        }
    }
}
