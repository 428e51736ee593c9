//! Recognizes the device of a new session from then on.

use super::opening::{AuthenticatedBy, SessionOpening};
use crate::{
    domain::{
        account::ids::UserId,
        credential::token::{PlainToken, TokenHash, TokenKind},
        session::device::{LIFE, NewDevice},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::NewDeviceLogin,
    random,
    service::Service,
    store::{StoreError, Tx, tables::devices},
};

impl Service {
    /// Returns the digest of the client's device, and its token if the device was not recognized
    /// before. Without rate limits, only a trusted device has a use.
    pub(super) fn recognize_device(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<(Option<PlainToken>, Option<TokenHash>), StoreError> {
        let SessionOpening { owner, now, .. } = opening;
        let trusted_until = self.trusted_until(opening);
        if trusted_until.is_some() {
            let client = &opening.request.client;
            SecurityEvent::DeviceTrusted.record(tx, client.as_owner(owner.id, now))?;
        }
        if !self.throttle.is_on() && trusted_until.is_none() {
            return Ok((None, None));
        }
        if let Some(presented) = &opening.request.device
            && devices::record_use(tx, presented, owner.id, trusted_until, now)?
        {
            return Ok((None, Some(presented.clone())));
        }
        let (token, device) = new_device(owner.id, trusted_until, now);
        let is_only_one = devices::insert(tx, &device)?;
        if !is_only_one {
            self.notify_of_device(tx, opening)?;
        }
        Ok((Some(token), Some(device.token_hash)))
    }

    /// Returns the time until which the device of a session is trusted, if it becomes trusted now.
    fn trusted_until(&self, opening: SessionOpening<'_>) -> Option<Timestamp> {
        match opening.by {
            AuthenticatedBy::SecondFactor(completed) if completed.trusts_device => {
                let life = self.policy.trusted_device?;
                Some(opening.now.plus(life))
            }
            AuthenticatedBy::SignUp
            | AuthenticatedBy::Password { .. }
            | AuthenticatedBy::EmailCode { .. }
            | AuthenticatedBy::Mailbox
            | AuthenticatedBy::Passkey { .. }
            | AuthenticatedBy::SecondFactor(_) => None,
        }
    }

    /// Sends the owner a notice of a login from a new device. A client with a code or link has just
    /// read the owner's mail, so that session causes none.
    fn notify_of_device(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<(), StoreError> {
        if opening.by.is_by_mail() || !self.policy.device_notices {
            return Ok(());
        }
        let login = NewDeviceLogin {
            user: opening.owner,
            ip: &opening.request.client.ip,
            user_agent: &opening.request.client.user_agent,
            language: opening.request.client.language,
        };
        self.outbox.notify_new_device(tx, &login, opening.now)
    }
}

/// Returns a device to recognize from now on, and its token.
fn new_device(
    user_id: UserId,
    trusted_until: Option<Timestamp>,
    now: Timestamp,
) -> (PlainToken, NewDevice) {
    let token = PlainToken::new(TokenKind::Device, random::bytes());
    let device = NewDevice {
        user_id,
        token_hash: token.digest(),
        created_at: now,
        expires_at: now.plus(LIFE),
        trusted_until,
    };
    (token, device)
}
