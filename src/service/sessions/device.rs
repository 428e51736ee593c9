//! Known devices: made with a session, and told to the owner of the account when they are new.

use crate::{
    clock,
    domain::{
        account::{
            ids::{MessageId, UserId},
            user::User,
        },
        credential::token::{self, PlainToken},
        message::MessageKind,
        session::device::{LIFE, NewDevice},
        timestamp::Timestamp,
    },
    service::{Service, SessionRequest},
    store::{
        StoreError, Tx,
        tables::{devices, outbox},
    },
};

impl Service {
    /// A device to be known from now on, and its token; none where limits are off, because it would be good for nothing.
    pub(crate) fn new_device(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Option<(PlainToken, NewDevice)> {
        self.0.limits?;
        let token = PlainToken::new(token::TokenKind::Device, clock::random());
        let new = NewDevice {
            user_id,
            token_hash: token.digest(),
            created_at: now,
            expires_at: now.plus(LIFE),
        };
        Some((token, new))
    }

    /// Keeps the new device of a log-in and writes to the owner, unless it is the account's first; whether mail waits then.
    pub(crate) fn keep_device(
        &self,
        tx: &mut Tx<'_>,
        new: &NewDevice,
        user: &User,
        opening: &SessionRequest,
    ) -> Result<bool, StoreError> {
        let is_only_one = devices::insert(tx, new)?;
        let is_told = !is_only_one
            && user.email_verified
            && self.has_mail()
            && self.0.device_notices
            && self.notice_allowed(tx, user, MessageKind::NewDevice, new.created_at)?;
        if is_told {
            let detail = serde_json::json!({
                "username": user.username.as_str(),
                "ip": opening.ip,
                "user_agent": opening.user_agent,
                "at": new.created_at.rfc3339(),
            });
            outbox::insert(
                tx,
                &outbox::NewMessage {
                    id: MessageId::new(new.created_at, &clock::random()),
                    kind: MessageKind::NewDevice,
                    recipient: user.email.as_str(),
                    language: opening.language,
                    reference: None,
                    detail: &detail.to_string(),
                    created_at: new.created_at,
                },
            )?;
        }
        Ok(is_told)
    }
}
