//! Claims a use of an invitation for a signup.

use crate::{
    domain::{
        account::{
            email::EmailKey, ids::InvitationId, roles::Roles, user::User, username::UsernameKey,
        },
        client::Client,
        credential::{
            invitation::Invitation,
            token::{TokenHash, TokenKind},
        },
        event::EventContext,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{invitations, pending_sign_ups},
    },
};

/// The account that is to use an invitation.
#[derive(Clone, Copy)]
pub(in crate::service) struct Claimant<'a> {
    pub(in crate::service) username: &'a UsernameKey,
    pub(in crate::service) email: &'a EmailKey,
}

impl Service {
    /// Returns the invitation of a token that this signup may use. The token stays valid.
    ///
    /// The try is counted in the transaction that looks for the token. An unknown, expired,
    /// revoked, used or foreign invitation costs the same queries and has the same error.
    pub(in crate::service) async fn find_invitation(
        &self,
        token: &str,
        claimant: Claimant<'_>,
        client: &Client,
    ) -> Result<Invitation, Error> {
        let token = TokenHash::of_presented(TokenKind::Invitation, token);
        let (username, email) = (claimant.username.clone(), claimant.email.clone());
        let (attempt, now) = (self.throttle.invitation(client), self.clock.now());
        let nothing = InvitationId::new(now, &random::bytes());
        let (reservation, found) = self
            .throttle
            .reserve_with(attempt, move |tx| {
                let found = match &token {
                    Some(token) => invitations::by_token(tx, token)?,
                    None => None,
                };
                let id = found.as_ref().map_or(nothing, |found| found.id);
                let reserved = pending_sign_ups::reserved_uses(tx, id, &username, now)?;
                Ok(found.filter(|found| found.admits(&email, reserved, now)))
            })
            .await?;
        if let Some(found) = found {
            self.throttle.refund(reservation).await;
            return Ok(found);
        }
        self.throttle.settle(reservation).await?;
        Err(self.refused(Error::InvitationInvalid, client))
    }
}

/// Locks an invitation and returns an error unless the signup may use it. The transaction then
/// inserts a pending signup, which reserves the use.
pub(in crate::service) fn claim(
    tx: &mut Tx<'_>,
    id: InvitationId,
    claimant: Claimant<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let found = invitations::lock(tx, id)?;
    let reserved = pending_sign_ups::reserved_uses(tx, id, claimant.username, now)?;
    if found.is_some_and(|found| found.admits(claimant.email, reserved, now)) {
        Ok(())
    } else {
        Err(Error::InvitationInvalid)
    }
}

/// Consumes a use for a new account, or returns an error if the account may not have it.
pub(in crate::service) fn claim_and_consume(
    tx: &mut Tx<'_>,
    invitation: Option<InvitationId>,
    user: &User,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(id) = invitation else {
        return Ok(());
    };
    let claimant = Claimant {
        username: user.username.key(),
        email: user.email.key(),
    };
    claim(tx, id, claimant, now)?;
    match invitations::consume(tx, id)? {
        Some(_roles) => Ok(()),
        None => Err(Error::InvitationInvalid),
    }
}

/// Consumes the use that a pending signup reserved. Returns the roles of its account, or `None` if
/// an operator revoked the invitation meanwhile.
pub(in crate::service) fn consume_reserved(
    tx: &mut Tx<'_>,
    invitation: Option<InvitationId>,
) -> Result<Option<Roles>, StoreError> {
    match invitation {
        Some(id) => invitations::consume(tx, id),
        None => Ok(Some(Roles::default())),
    }
}

/// Records that an account was created, with an invitation or without one.
pub(in crate::service) fn record_sign_up(
    tx: &mut Tx<'_>,
    invitation: Option<InvitationId>,
    context: EventContext,
) -> Result<(), StoreError> {
    SecurityEvent::UserSignedUp.record(tx, context.clone())?;
    match invitation {
        Some(invitation) => SecurityEvent::InvitationUsed { invitation }.record(tx, context),
        None => Ok(()),
    }
}
