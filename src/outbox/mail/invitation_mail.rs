//! Mails that bring an invitation to its mailbox.

use serde_json::json;

use crate::{
    domain::{
        account::{
            email::Email,
            ids::{InvitationId, MessageId},
        },
        credential::invitation::Invitation,
        language::Language,
        message::{MessageKind, MessageReference},
        timestamp::Timestamp,
    },
    random,
    store::{StoreError, Tx, tables::outbox},
};

/// A mail with the link or the token of an invitation.
pub struct InvitationMail<'a> {
    id: InvitationId,
    to: &'a Email,
    expires_at: Timestamp,
    language: Language,
}

impl<'a> InvitationMail<'a> {
    /// Returns the mail of an invitation, if it is for one mailbox.
    #[must_use]
    pub fn of(invitation: &'a Invitation, language: Language) -> Option<Self> {
        invitation.email.as_ref().map(|to| Self {
            id: invitation.id,
            to,
            expires_at: invitation.expires_at,
            language,
        })
    }

    /// Writes the message to the outbox. It is not worth sending once the invitation has expired.
    pub fn enqueue(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let kind = MessageKind::Invitation;
        let detail = json!({ "expires_at": self.expires_at.as_micros() });
        let message = outbox::NewMessage {
            id: MessageId::new(now, &random::bytes()),
            kind,
            recipient: self.to.as_str(),
            language: self.language,
            reference: Some(MessageReference::Invitation(self.id)),
            detail: &detail.to_string(),
            created_at: now,
            expires_at: now.plus(kind.life()).min(self.expires_at),
        };
        outbox::insert(tx, &message)
    }
}
