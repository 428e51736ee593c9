//! Known devices: made with a session, and told to the owner of the account when they are new.

use std::time::Duration;

use super::{Accounts, Opening};
use crate::{
    clock,
    domain::{
        device::{LIFE, NewDevice},
        message::Kind,
        time::Timestamp,
        token::{self, PlainToken},
        user::{MessageId, User, UserId},
    },
    store::{StoreError, Tx, counters, devices, outbox},
};

impl Accounts {
    /// A device to be known from now on, and its token; none where limits are off, because it would be good for nothing.
    pub(super) fn new_device(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Option<(PlainToken, NewDevice)> {
        self.0.limits?;
        let token = PlainToken::new(token::Kind::Device, clock::random());
        let new = NewDevice {
            user_id,
            token_hash: token.digest(),
            created_at: now,
            expires_at: now.plus(LIFE),
        };
        Some((token, new))
    }

    /// Keeps the new device of a log-in and writes to the owner, unless it is the account's first; whether mail waits then.
    pub(super) fn keep_device(
        &self,
        tx: &mut Tx<'_>,
        new: &NewDevice,
        user: &User,
        opening: &Opening,
    ) -> Result<bool, StoreError> {
        let is_only_one = devices::insert(tx, new)?;
        let is_told = !is_only_one
            && user.email_verified
            && self.has_mail()
            && self.0.device_notices
            && self.notice_allowed(tx, user, new.created_at)?;
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
                    kind: Kind::NewDevice,
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

    /// Counts a notice of a new device; returns whether it may be sent. An owner gets a few an hour: who knows the password could
    /// flood the mailbox otherwise, and hide another mail in it.
    fn notice_allowed(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.0.limits else {
            return Ok(true);
        };
        let subject = self.subject("notices of new devices", user.id.to_string().as_bytes());
        let rule = counters::Rule::at_most(limits.mails.into(), Duration::from_hours(1));
        let is_allowed = counters::first_hit(tx, &subject, rule, now)?.is_some();
        if !is_allowed {
            tracing::info!(event = "mail.suppressed", message.kind = Kind::NewDevice.as_str(), user.id = %user.id, reason = "account_in_an_hour", "a mail was not sent: its owner had enough of this kind");
        }
        Ok(is_allowed)
    }
}
