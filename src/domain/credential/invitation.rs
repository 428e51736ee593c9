//! Invitations: permissions to sign up, for one address or for the holders of a token.

use std::{ops::RangeInclusive, time::Duration};

use super::{
    secret::Secret,
    token::{PlainToken, TokenKind},
};
use crate::domain::{
    account::{
        email::{Email, EmailKey},
        ids::InvitationId,
        roles::Roles,
    },
    timestamp::Timestamp,
};

/// An invitation, without its token.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The id from which the token is derived.
    pub id: InvitationId,
    /// The only address that may sign up with it. The token was mailed there.
    pub email: Option<Email>,
    /// The roles of the accounts that sign up with it.
    pub roles: Roles,
    /// The number of signups that it is for.
    pub uses: i64,
    /// The number of signups that are left. Pending signups are not counted yet.
    pub uses_left: i64,
    /// The time of its creation.
    pub created_at: Timestamp,
    /// The time from which no signup may use it.
    pub expires_at: Timestamp,
    /// The time of its revocation.
    pub revoked_at: Option<Timestamp>,
}

/// The state of an invitation, as operators see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Signups may use it.
    Valid,
    /// No signup is left.
    Used,
    /// It has expired.
    Expired,
    /// An operator revoked it.
    Revoked,
}

impl Invitation {
    /// The most signups of one invitation.
    pub const MAX_USES: i64 = 100_000;

    /// The shortest and the longest life.
    pub const LIFE: RangeInclusive<Duration> =
        Duration::from_mins(5)..=Duration::from_hours(400 * 24);

    /// Returns whether a signup with this address may use it, while `reserved` of its signups are
    /// pending.
    #[must_use]
    pub fn admits(&self, email: &EmailKey, reserved: i64, now: Timestamp) -> bool {
        let is_for = |own: &Email| own.key() == email;
        self.state(now) == InvitationState::Valid
            && self.uses_left > reserved
            && self.email.as_ref().is_none_or(is_for)
    }

    /// Returns whether a signup with it proves access to the mailbox: only its reader has the
    /// token.
    #[must_use]
    pub const fn proves_mailbox(&self) -> bool {
        self.email.is_some()
    }

    /// Returns the state at a time.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> InvitationState {
        if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.uses_left <= 0 {
            InvitationState::Used
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Valid
        }
    }
}

impl InvitationState {
    /// Returns the name that operators see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// Returns the token of an invitation. It is derived from the service's secret, so a queued mail
/// holds nothing that a reader of the database could present.
#[must_use]
pub fn token(secret: &Secret, id: InvitationId) -> PlainToken {
    let proof = secret.mac("invitation token", &[id.to_string().as_bytes()]);
    PlainToken::new(TokenKind::Invitation, proof)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::credential::secret::SECRET_BYTES;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn invitation() -> Invitation {
        Invitation {
            id: InvitationId::new(NOW, &[1; 10]),
            email: Email::parse("Minji@example.com").ok(),
            roles: Roles::default(),
            uses: 2,
            uses_left: 2,
            created_at: NOW,
            expires_at: NOW.plus(DAY),
            revoked_at: None,
        }
    }

    #[test]
    fn only_the_invited_address_is_admitted_until_the_uses_are_reserved_or_gone() {
        let minji = EmailKey::of("minji@EXAMPLE.com").unwrap();
        let other = EmailKey::of("other@example.com").unwrap();
        let invitation = invitation();
        assert!(invitation.admits(&minji, 1, NOW));
        assert!(!invitation.admits(&minji, 2, NOW));
        assert!(!invitation.admits(&other, 0, NOW));
        assert!(!invitation.admits(&minji, 0, NOW.plus(DAY)));
        for email in [&minji, &other] {
            let open = Invitation {
                email: None,
                ..invitation.clone()
            };
            assert!(open.admits(email, 0, NOW));
        }
    }

    #[test]
    fn state_names_the_first_reason() {
        let mut invitation = invitation();
        assert_eq!(invitation.state(NOW), InvitationState::Valid);
        assert_eq!(invitation.state(NOW.plus(DAY)), InvitationState::Expired);
        invitation.uses_left = 0;
        assert_eq!(invitation.state(NOW.plus(DAY)), InvitationState::Used);
        invitation.revoked_at = Some(NOW);
        assert_eq!(invitation.state(NOW), InvitationState::Revoked);
    }

    #[test]
    fn token_belongs_to_one_invitation_and_secret() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let ids = [1, 2].map(|random| InvitationId::new(NOW, &[random; 10]));
        let digest = |secret: &Secret, id| token(secret, id).digest();
        assert!(token(&secret, ids[0]).expose().starts_with("dmi_"));
        assert_eq!(digest(&secret, ids[0]), digest(&secret, ids[0]));
        assert_ne!(digest(&secret, ids[0]), digest(&secret, ids[1]));
        let other = Secret::new([8; SECRET_BYTES]);
        assert_ne!(digest(&secret, ids[0]), digest(&other, ids[0]));
    }
}
