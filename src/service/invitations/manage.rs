//! Creates, lists and revokes invitations for an operator, on the same database while the server
//! runs.

use std::time::Duration;

use crate::{
    domain::{
        account::{email::Email, ids::InvitationId, roles::Roles},
        credential::{
            invitation::{Invitation, InvitationState},
            token::PlainToken,
        },
        language::Language,
    },
    events::SecurityEvent,
    outbox::InvitationMail,
    random,
    service::{Administrator, Error, Page, Service},
    store::{
        StoreError,
        tables::{invitations, outbox},
    },
};

/// An invitation to be created.
pub struct NewInvitation {
    /// The holders of its token.
    pub invitees: Invitees,
    /// The roles of the accounts that sign up with it.
    pub roles: Roles,
    /// The time for which it is valid.
    pub life: Duration,
}

/// The people that an invitation is for.
pub enum Invitees {
    /// The owner of a mailbox, who gets the token by mail in this language.
    Mailbox(Email, Language),
    /// The first holders of the token that sign up, this many.
    Holders(i64),
}

/// An invitation that was created.
#[derive(Debug)]
pub struct CreatedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The only copy of its token, unless it was mailed.
    pub token: Option<PlainToken>,
}

/// A page of invitations.
pub struct InvitationList {
    /// The invitations and their states, the oldest first.
    pub invitations: Vec<(Invitation, InvitationState)>,
    /// The cursor of the next page, or `None` on the last one.
    pub next_cursor: Option<String>,
}

/// The name of the list of invitations, to which its cursors are bound.
const LIST: &str = "invitations";

impl Service {
    /// Creates an invitation. The token of an invitation for a mailbox is only mailed.
    pub async fn create_invitation(
        &self,
        by: &Administrator,
        new: NewInvitation,
    ) -> Result<CreatedInvitation, Error> {
        let now = self.clock.now();
        let id = InvitationId::new(now, &random::bytes());
        let (email, language, uses) = match new.invitees {
            Invitees::Mailbox(email, language) => (Some(email), language, 1),
            Invitees::Holders(uses) => (None, Language::English, uses),
        };
        if email.is_some() && !self.has_mail() {
            return Err(Error::MailNotConfigured);
        }
        let token = self.outbox.invitation_token(id);
        let invitation = Invitation {
            id,
            email,
            roles: new.roles,
            uses,
            uses_left: uses,
            created_at: now,
            expires_at: now.plus(new.life),
            revoked_at: None,
        };
        let (created, hash) = (invitation.clone(), token.digest());
        let context = by.context(None, now);
        self.database
            .write(move |tx| -> Result<(), StoreError> {
                invitations::insert(tx, &created, &hash)?;
                SecurityEvent::InvitationCreated { invitation: id }.record(tx, context)?;
                InvitationMail::of(&created, language).map_or(Ok(()), |mail| mail.enqueue(tx, now))
            })
            .await?;
        self.outbox.wake();
        let token = invitation.email.is_none().then_some(token);
        Ok(CreatedInvitation { invitation, token })
    }

    /// Returns up to `limit` invitations by age, from the one after `after`, and their states.
    pub async fn list_invitations(
        &self,
        after: Option<InvitationId>,
        limit: i64,
    ) -> Result<Vec<(Invitation, InvitationState)>, Error> {
        let listed = self
            .database
            .read(move |tx| invitations::list(tx, after, limit))
            .await?;
        let now = self.clock.now();
        let with_state = |invitation: Invitation| {
            let state = invitation.state(now);
            (invitation, state)
        };
        Ok(listed.into_iter().map(with_state).collect())
    }

    /// Returns a page of the invitations for a client, the oldest first.
    pub async fn list_invitation_page(&self, page: Page) -> Result<InvitationList, Error> {
        let now = self.clock.now();
        let after = match &page.cursor {
            Some(cursor) => Some(self.open_cursor(LIST, cursor, now)?),
            None => None,
        };
        let after = after.map(|place| place.try_into().map(InvitationId::from_bytes));
        let after = after
            .transpose()
            .map_err(|_of_another_kind| Error::CursorInvalid)?;
        // One more shows whether another page follows.
        let mut invitations = self
            .list_invitations(after, page.limit.saturating_add(1))
            .await?;
        let most = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = invitations.len() > most;
        invitations.truncate(most);
        let last = invitations.last().filter(|_| has_next);
        let next_cursor = last.map(|(last, _)| self.cursor(LIST, last.id.as_bytes(), now));
        Ok(InvitationList {
            next_cursor: next_cursor.transpose()?,
            invitations,
        })
    }

    /// Revokes an invitation, and withdraws its mail if that was not sent yet. Pending signups with
    /// it are never completed. Returns whether it existed and was not revoked before.
    pub async fn revoke_invitation(
        &self,
        by: &Administrator,
        id: InvitationId,
    ) -> Result<bool, Error> {
        let now = self.clock.now();
        let context = by.context(None, now);
        let revoked = self.database.write(move |tx| -> Result<bool, StoreError> {
            outbox::withdraw_invitation(tx, id)?;
            let is_revoked = invitations::revoke(tx, id, now)?;
            if is_revoked {
                SecurityEvent::InvitationRevoked { invitation: id }.record(tx, context)?;
            }
            Ok(is_revoked)
        });
        Ok(revoked.await?)
    }
}
