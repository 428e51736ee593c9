//! Tokens: 256 random bits, in plain text only on their way to the client, and the digest that is
//! stored.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::challenge;

/// Random bytes of a token: 256 bits, twice what ASVS 5.0 7.2.3 requires.
pub const TOKEN_BYTES: usize = 32;

/// The prefix of the tokens of WebAuthn ceremonies, which are longer than other tokens.
pub const CEREMONY_PREFIX: &str = "dmp_";

/// Characters of a token: a prefix of four and 32 bytes in base64url (RFC 4648 section 5) without
/// padding.
pub const TOKEN_LENGTH: usize = 4 + 43;

/// The kind of a token. A token of another kind is never looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Gives access to an account through a session.
    Session,
    /// Identifies a recognized device, without access.
    Device,
    /// Lets another service introspect tokens.
    ServiceKey,
    /// Permits a signup.
    Invitation,
    /// Completes a login with a second factor.
    SecondFactorChallenge,
}

impl TokenKind {
    /// Returns the prefix of tokens of this kind, so that leak scanners can find one.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "dms_",
            Self::Device => "dmd_",
            Self::ServiceKey => "dmk_",
            Self::Invitation => "dmi_",
            Self::SecondFactorChallenge => "dmx_",
        }
    }
}

/// Returns whether a text has the prefix of any token of this service.
#[must_use]
pub fn has_prefix(text: &str) -> bool {
    [
        TokenKind::Session.prefix(),
        TokenKind::Device.prefix(),
        TokenKind::ServiceKey.prefix(),
        TokenKind::Invitation.prefix(),
        TokenKind::SecondFactorChallenge.prefix(),
        challenge::PREFIX,
        CEREMONY_PREFIX,
    ]
    .iter()
    .any(|prefix| text.starts_with(prefix))
}

/// A token in plain text. It is shown once, has no `Display`, and its `Debug` hides it.
pub struct PlainToken(String);

/// The SHA-256 of a token. Only this is stored: 256 random bits need no slow hash.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl PlainToken {
    /// Returns the token of these random bytes.
    #[must_use]
    pub fn new(kind: TokenKind, mut random: [u8; TOKEN_BYTES]) -> Self {
        let token = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random));
        random.zeroize();
        Self(token)
    }

    /// Returns the token in plain text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the digest to store.
    #[must_use]
    pub fn digest(&self) -> TokenHash {
        TokenHash::digest(&self.0)
    }
}

impl TokenHash {
    /// Returns the digest of a presented text, or `None` if it cannot be a token of this kind.
    #[must_use]
    pub fn of_presented(kind: TokenKind, text: &str) -> Option<Self> {
        (text.len() == TOKEN_LENGTH && text.starts_with(kind.prefix())).then(|| Self::digest(text))
    }

    fn digest(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Returns a stored digest, or `None` if the length is wrong.
    #[must_use]
    pub fn from_stored(bytes: Vec<u8>) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for PlainToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlainToken(hidden)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_has_a_fixed_length_and_matches_its_digest() {
        let token = PlainToken::new(TokenKind::Session, [7; TOKEN_BYTES]);
        assert_eq!(token.expose().len(), TOKEN_LENGTH);
        assert_eq!(
            TokenHash::of_presented(TokenKind::Session, token.expose()),
            Some(token.digest())
        );
    }

    #[test]
    fn token_of_another_kind_is_none() {
        let device = PlainToken::new(TokenKind::Device, [7; TOKEN_BYTES]);
        assert!(TokenHash::of_presented(TokenKind::Session, device.expose()).is_none());
        assert!(TokenHash::of_presented(TokenKind::ServiceKey, device.expose()).is_none());
        assert!(TokenHash::of_presented(TokenKind::Device, device.expose()).is_some());
    }

    #[test]
    fn malformed_token_is_not_hashed() {
        for text in [
            "",
            "dms_",
            "dms_short",
            &"x".repeat(TOKEN_LENGTH),
            &"é".repeat(30),
        ] {
            assert!(
                TokenHash::of_presented(TokenKind::Session, text).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn debug_hides_the_token() {
        let token = PlainToken::new(TokenKind::Session, [7; TOKEN_BYTES]);
        assert!(!format!("{token:?}{:?}", token.digest()).contains(token.expose()));
    }
}
