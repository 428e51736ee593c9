//! Opens a session for verified credentials, and recognizes the device from then on.

use crate::{
    domain::{
        account::{
            ids::{SessionId, UserId},
            user::{Credentials, User},
        },
        credential::token::{PlainToken, TokenHash, TokenKind},
        session::{
            Session, SessionRecord,
            device::{LIFE, NewDevice},
        },
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::NewDeviceLogin,
    random,
    service::{Error, NewSession, Service, SessionRequest},
    store::{
        StoreError, Tx,
        tables::{devices, sessions, users},
    },
    throttle::Reservation,
};

/// A session to be inserted, with everything that its transaction needs.
struct PreparedSession {
    owner: User,
    /// The version of the password that was verified.
    password_version: i64,
    record: SessionRecord,
    device: Option<NewDevice>,
    request: SessionRequest,
    reservation: Reservation,
    now: Timestamp,
}

impl Service {
    /// Opens a session if the credentials are still valid: a password that was changed meanwhile
    /// ends this login too.
    pub(in crate::service) async fn open_session(
        &self,
        credentials: &Credentials,
        request: &SessionRequest,
        reservation: Reservation,
    ) -> Result<NewSession, Error> {
        let (token, device, prepared) = self.prepare(credentials, request, reservation.clone());
        let (user, session) = (prepared.owner.clone(), prepared.record.session.clone());
        let service = self.clone();
        let opened = self
            .database
            .write(move |tx| service.insert_session(tx, &prepared))
            .await;
        let has_notice = match opened {
            Ok(has_notice) => has_notice,
            Err(error) => {
                let _settled = self.throttle.settle(reservation).await;
                return Err(error);
            }
        };
        self.throttle.wake_after_reset(&reservation, &user);
        if has_notice {
            self.outbox.wake();
        }
        SecurityEvent::LoginSucceeded {
            user: user.id,
            session: session.id,
        }
        .record(&request.ip);
        Ok(NewSession {
            user,
            session,
            token,
            device,
        })
    }

    /// Returns the tokens of the session and of the device, if it is not recognized, and the
    /// session to insert.
    fn prepare(
        &self,
        credentials: &Credentials,
        request: &SessionRequest,
        reservation: Reservation,
    ) -> (PlainToken, Option<PlainToken>, PreparedSession) {
        let (owner, now) = (credentials.user.clone(), self.clock.now());
        let is_recognized = reservation.has_recognized_device();
        let (device_token, device) = if is_recognized {
            (None, None)
        } else {
            self.new_device(owner.id, now).unzip()
        };
        let opened_from = match &device {
            Some(new) => Some(new.token_hash.clone()),
            None => request.device.clone().filter(|_| is_recognized),
        };
        let (token, record) = self.new_session(owner.id, request, opened_from, now);
        let prepared = PreparedSession {
            owner,
            password_version: credentials.password_version,
            record,
            device,
            request: request.clone(),
            reservation,
            now,
        };
        (token, device_token, prepared)
    }

    /// Inserts a session and its device. Returns whether a notice was enqueued.
    fn insert_session(&self, tx: &mut Tx<'_>, new: &PreparedSession) -> Result<bool, Error> {
        self.throttle
            .reset_on_success(tx, &new.reservation, &new.owner, new.now)?;
        if !users::lock_if_unchanged(tx, new.owner.id, new.password_version)? {
            return Err(Error::InvalidCredentials);
        }
        if let Some(old) = &new.request.replaces {
            sessions::delete_by_token(tx, old)?;
        }
        sessions::insert(tx, &new.record)?;
        match &new.device {
            Some(device) => Ok(self.insert_device(tx, device, &new.owner, &new.request)?),
            None => Ok(false),
        }
    }

    /// Returns a session to insert that this device opened, and its token.
    pub(in crate::service) fn new_session(
        &self,
        user_id: UserId,
        opening: &SessionRequest,
        device: Option<TokenHash>,
        now: Timestamp,
    ) -> (PlainToken, SessionRecord) {
        let token = PlainToken::new(TokenKind::Session, random::bytes());
        let (expires_at, ends_at) = self.policy.lifetime.ends(opening.remember, now);
        let session = Session {
            id: SessionId::new(now, &random::bytes()),
            created_at: now,
            last_seen_at: now,
            expires_at,
            ends_at,
            remembered: opening.remember,
            ip: opening.ip.clone(),
            user_agent: opening.user_agent.clone(),
        };
        let record = SessionRecord {
            user_id,
            token_hash: token.digest(),
            device,
            session,
        };
        (token, record)
    }

    /// Returns a device to recognize from now on, and its token. Without rate limits there is none,
    /// because it would have no use.
    pub(in crate::service) fn new_device(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Option<(PlainToken, NewDevice)> {
        self.throttle.is_on().then(|| {
            let token = PlainToken::new(TokenKind::Device, random::bytes());
            let device = NewDevice {
                user_id,
                token_hash: token.digest(),
                created_at: now,
                expires_at: now.plus(LIFE),
            };
            (token, device)
        })
    }

    /// Inserts the device of a login, and sends the owner a notice unless it is the first device of
    /// the account. Returns whether a message was enqueued.
    fn insert_device(
        &self,
        tx: &mut Tx<'_>,
        device: &NewDevice,
        user: &User,
        opening: &SessionRequest,
    ) -> Result<bool, StoreError> {
        let is_only_one = devices::insert(tx, device)?;
        if is_only_one || !self.policy.device_notices {
            return Ok(false);
        }
        let login = NewDeviceLogin {
            user,
            ip: &opening.ip,
            user_agent: &opening.user_agent,
            language: opening.language,
        };
        self.outbox.notify_new_device(tx, &login, device.created_at)
    }
}
