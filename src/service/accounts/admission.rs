//! Decides by the operator's policy whether a signup is accepted.

use super::sign_up::SignUp;
use crate::{
    domain::{credential::invitation::Invitation, modes::SignUpMode},
    service::{Error, Service, invitations::claim::Claimant},
};

impl SignUp {
    /// Returns the account as the user of an invitation.
    pub(super) fn claimant(&self) -> Claimant<'_> {
        Claimant {
            username: self.username.key(),
            email: self.email.key(),
        }
    }
}

impl Service {
    /// Returns the clients that may sign up.
    #[must_use]
    pub const fn sign_up_mode(&self) -> SignUpMode {
        self.policy.sign_up
    }

    /// Returns the invitation of a signup, or an error if the policy refuses the signup. An
    /// invitation that was mailed overrides the lists of domains.
    pub(super) async fn admit(&self, sign_up: &SignUp) -> Result<Option<Invitation>, Error> {
        let invitation = match (self.policy.sign_up, &sign_up.invitation) {
            (SignUpMode::Closed, _) => return Err(Error::SignUpClosed),
            (SignUpMode::Invited, None) => return Err(Error::InvitationRequired),
            (SignUpMode::Open, None) => None,
            (SignUpMode::Open | SignUpMode::Invited, Some(token)) => {
                let client = &sign_up.opening.client;
                let found = self.find_invitation(token, sign_up.claimant(), client);
                Some(found.await?)
            }
        };
        let is_proven = invitation.as_ref().is_some_and(Invitation::proves_mailbox);
        if is_proven || self.policy.email_domains.admits(sign_up.email.key()) {
            Ok(invitation)
        } else {
            Err(Error::EmailDomainNotAllowed)
        }
    }
}
