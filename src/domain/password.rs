//! What a password may be; it must not know how one is hashed, nor how strong it is.

use secrecy::{ExposeSecret, SecretBox};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{email::local_part, invalid::Invalid, username::fold};

/// No code point's canonical decomposition is longer, so nothing longer than `MAX` times this can become a password.
const MAX_DECOMPOSITION: usize = 4;

/// UTF-8 grows by this factor at most when it is put into NFC (UAX 15, section 14).
const MAX_GROWTH: usize = 3;

/// A name or local part that is shorter, in code points, may occur in a password by chance.
const MIN_RESEMBLANCE: usize = 5;

/// A password as presented at log-in, in NFC; wiped when dropped, hidden in `Debug`.
#[derive(Debug)]
pub struct Password(SecretBox<String>);

impl Password {
    /// Code points at most, after NFC. Long enough for any passphrase (ASVS 6.2.9), short enough for bounded work.
    pub const MAX: usize = 128;

    /// Reads any text; `None` if it can be nobody's password (empty, too long or with a NUL).
    /// Then the caller still has to do the work of a comparison. Work here is bounded, whatever the length.
    #[must_use]
    pub fn presented(raw: &str) -> Option<Self> {
        Self::read(raw, 1).ok()
    }

    /// The secret, in NFC.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn read(raw: &str, minimum: usize) -> Result<Self, Invalid> {
        if raw.chars().nth(Self::MAX * MAX_DECOMPOSITION).is_some() {
            return Err(Invalid::TooLong);
        }
        if raw.contains('\0') {
            return Err(Invalid::InvalidCharacters);
        }
        let secret = SecretBox::init_with_mut(|text: &mut String| {
            // A buffer that never moves leaves no copy behind.
            text.reserve_exact(raw.len() * MAX_GROWTH);
            text.extend(raw.nfc());
        });
        match secret.expose_secret().chars().count() {
            length if length > Self::MAX => Err(Invalid::TooLong),
            length if length < minimum => Err(Invalid::TooShort),
            _ => Ok(Self(secret)),
        }
    }
}

/// A password that somebody wants to have: neither too short nor too long. Whether it is common is asked elsewhere.
#[derive(Debug)]
pub struct NewPassword(Password);

impl NewPassword {
    /// Code points at most, after NFC.
    pub const MAX: usize = Password::MAX;

    /// Reads a new password of at least `minimum` code points after NFC. Work is bounded, whatever the length.
    pub fn parse(raw: &str, minimum: usize) -> Result<Self, Invalid> {
        Password::read(raw, minimum).map(Self)
    }

    /// The secret, in NFC.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether it is made of what everybody knows of its owner: equal to the user name or the e-mail address, or holding
    /// the name or the local part where that is 5 code points or longer. Case and width make no difference.
    #[must_use]
    pub fn resembles(&self, username: &str, email: &str) -> Option<Invalid> {
        let password = folded(self.expose());
        let holds = |text: &str| {
            let text = folded(text);
            *password == *text
                || (text.chars().count() >= MIN_RESEMBLANCE && password.contains(text.as_str()))
        };
        if holds(username) {
            Some(Invalid::PasswordContainsUsername)
        } else if holds(local_part(email)) || *password == *folded(email) {
            Some(Invalid::PasswordContainsEmail)
        } else {
            None
        }
    }
}

/// Folded into a buffer of the right size from the start: one that grew would leave copies behind.
fn folded(text: &str) -> Zeroizing<String> {
    let mut buffer = Zeroizing::new(String::with_capacity(fold(text).map(char::len_utf8).sum()));
    buffer.extend(fold(text));
    buffer
}
