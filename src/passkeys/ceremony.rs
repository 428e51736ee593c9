//! Ceremonies: tokens that carry a challenge, its purpose and its end, so that a started ceremony
//! leaves no row.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Passkeys;
use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::token::{CEREMONY_PREFIX, TokenHash},
        timestamp::Timestamp,
    },
    random,
};

/// The time within which the client completes a ceremony.
const LIFE: Duration = Duration::from_mins(5);

/// Bytes of a challenge: twice what WebAuthn section 13.4.3 recommends.
const CHALLENGE_BYTES: usize = 32;

const TIME_BYTES: usize = 8;
const MAC_BYTES: usize = 32;
const TOKEN_BYTES: usize = TIME_BYTES + CHALLENGE_BYTES + MAC_BYTES;

/// The use of a ceremony, with what it is bound to. Its token is valid for nothing else.
#[derive(Clone, Copy, Debug)]
pub enum CeremonyPurpose<'a> {
    /// The registration of a passkey, in one session of one account.
    Registration(UserId, SessionId),
    /// A login by passkey.
    LogIn,
    /// The second step of a login with this challenge.
    SecondFactor(&'a TokenHash),
    /// The confirmation of a session.
    Confirmation(SessionId),
}

impl CeremonyPurpose<'_> {
    /// Returns whether the authenticator must verify its user. A login and a confirmation have no
    /// other factor; a second step has the password.
    #[must_use]
    pub const fn needs_verified_user(&self) -> bool {
        match self {
            Self::LogIn | Self::Confirmation(_) => true,
            Self::Registration(..) | Self::SecondFactor(_) => false,
        }
    }
}

/// A ceremony that was just started.
#[derive(Debug)]
pub struct Ceremony {
    /// The token, which the client returns with the response.
    pub token: String,
    /// The challenge, which the authenticator signs.
    pub challenge: [u8; CHALLENGE_BYTES],
    /// The time within which the client completes the ceremony.
    pub life: Duration,
}

/// A ceremony that the client returned.
#[derive(Clone, Debug)]
pub struct OpenedCeremony {
    /// The challenge.
    pub challenge: [u8; CHALLENGE_BYTES],
    /// The digest by which the use of the ceremony is recorded.
    pub digest: [u8; 32],
    /// The time from which the ceremony is rejected as expired.
    pub expires_at: Timestamp,
}

impl Passkeys {
    /// Starts a ceremony.
    #[must_use]
    pub fn start(&self, purpose: CeremonyPurpose<'_>, now: Timestamp) -> Ceremony {
        let challenge = random::bytes();
        let expires_at = now.plus(LIFE).as_micros().to_be_bytes();
        let mac = self.mac(purpose, expires_at, &challenge);
        let token = [&expires_at[..], &challenge, &mac].concat();
        Ceremony {
            token: format!("{CEREMONY_PREFIX}{}", URL_SAFE_NO_PAD.encode(token)),
            challenge,
            life: LIFE,
        }
    }

    /// Returns the ceremony of a token, or `None` if the token is of another purpose or secret, or
    /// expired.
    #[must_use]
    pub fn open(
        &self,
        token: &str,
        purpose: CeremonyPurpose<'_>,
        now: Timestamp,
    ) -> Option<OpenedCeremony> {
        let encoded = token.strip_prefix(CEREMONY_PREFIX)?;
        let bytes: [u8; TOKEN_BYTES] = URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()?;
        let (time, rest) = bytes.split_first_chunk::<TIME_BYTES>()?;
        let (challenge, mac) = rest.split_first_chunk::<CHALLENGE_BYTES>()?;
        let is_ours = bool::from(self.mac(purpose, *time, challenge).ct_eq(mac));
        let expires_at = Timestamp::from_micros(i64::from_be_bytes(*time));
        (is_ours && now < expires_at).then(|| OpenedCeremony {
            challenge: *challenge,
            digest: Sha256::digest(bytes).into(),
            expires_at,
        })
    }

    fn mac(
        &self,
        purpose: CeremonyPurpose<'_>,
        time: [u8; TIME_BYTES],
        challenge: &[u8; CHALLENGE_BYTES],
    ) -> [u8; MAC_BYTES] {
        let (name, binding) = match purpose {
            CeremonyPurpose::Registration(user, session) => {
                ("registration", format!("{user} {session}").into_bytes())
            }
            CeremonyPurpose::LogIn => ("log_in", Vec::new()),
            CeremonyPurpose::SecondFactor(challenge) => {
                ("second_factor", challenge.as_bytes().to_vec())
            }
            CeremonyPurpose::Confirmation(session) => {
                ("confirmation", session.to_string().into_bytes())
            }
        };
        self.secret.mac(
            "passkey ceremony",
            &[name.as_bytes(), &binding, &time, challenge],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credential::{
        secret::{SECRET_BYTES, Secret},
        token::{PlainToken, TokenKind},
    };

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn passkeys(secret: u8) -> Passkeys {
        Passkeys::new(None, Secret::new([secret; SECRET_BYTES]))
    }

    #[test]
    fn a_ceremony_opens_for_its_purpose_secret_and_time_only() {
        let (user, other_user) = (UserId::new(NOW, &[1; 10]), UserId::new(NOW, &[2; 10]));
        let (session, other_session) =
            (SessionId::new(NOW, &[1; 10]), SessionId::new(NOW, &[2; 10]));
        let challenges =
            [1, 2].map(|byte| PlainToken::new(TokenKind::Session, [byte; 32]).digest());
        let purposes = [
            CeremonyPurpose::LogIn,
            CeremonyPurpose::Registration(user, session),
            CeremonyPurpose::Registration(other_user, session),
            CeremonyPurpose::Registration(user, other_session),
            CeremonyPurpose::SecondFactor(&challenges[0]),
            CeremonyPurpose::SecondFactor(&challenges[1]),
            CeremonyPurpose::Confirmation(session),
            CeremonyPurpose::Confirmation(other_session),
        ];
        for (number, purpose) in purposes.into_iter().enumerate() {
            let started = passkeys(1).start(purpose, NOW);
            for (other_number, other) in purposes.into_iter().enumerate() {
                let opened = passkeys(1).open(&started.token, other, NOW);
                assert_eq!(opened.is_some(), number == other_number);
            }
            let opened = passkeys(1).open(&started.token, purpose, NOW).unwrap();
            assert_eq!(opened.challenge, started.challenge);
            assert!(passkeys(2).open(&started.token, purpose, NOW).is_none());
            let last = NOW.plus(LIFE).minus(Duration::from_micros(1));
            assert!(passkeys(1).open(&started.token, purpose, last).is_some());
            let end = NOW.plus(LIFE);
            assert!(passkeys(1).open(&started.token, purpose, end).is_none());
        }
    }

    #[test]
    fn a_changed_token_does_not_open() {
        let token = passkeys(1).start(CeremonyPurpose::LogIn, NOW).token;
        let opens = |text: &str| {
            passkeys(1)
                .open(text, CeremonyPurpose::LogIn, NOW)
                .is_some()
        };
        assert!(opens(&token));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert!(!opens(&String::from_utf8(bytes).unwrap()), "{at}");
            assert!(!opens(&token[..at]), "{at}");
        }
        assert!(!opens(&format!("{token}A")));
        assert!(!opens("dmp_é"));
    }
}
