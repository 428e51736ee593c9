//! Opens sessions, and recognizes the client's device from then on.

use crate::{
    domain::{
        account::{
            ids::{SessionId, UserId},
            user::User,
        },
        credential::token::{PlainToken, TokenHash, TokenKind},
        session::{
            Session, SessionRecord,
            authentication_methods::AuthenticationMethods,
            device::{LIFE, NewDevice},
        },
        timestamp::Timestamp,
    },
    outbox::NewDeviceLogin,
    random,
    service::{Error, NewSession, Service, SessionRequest},
    store::{
        StoreError, Tx,
        tables::{devices, sessions, users},
    },
    throttle::Reservation,
};

/// The proofs by which a client is authenticated for a new session.
#[derive(Clone)]
pub(in crate::service) enum AuthenticatedBy {
    /// A signup, whose transaction creates the account.
    SignUp,
    /// The password of this version. The session resets the failures of the attempt.
    Password {
        version: i64,
        reservation: Reservation,
    },
    /// A code or link, which the same transaction consumes, with the account's password or one that
    /// replaces it.
    Mailbox,
}

/// A session to open.
#[derive(Clone, Copy)]
pub(in crate::service) struct SessionOpening<'a> {
    pub(in crate::service) owner: &'a User,
    pub(in crate::service) by: &'a AuthenticatedBy,
    pub(in crate::service) request: &'a SessionRequest,
    pub(in crate::service) now: Timestamp,
}

impl Service {
    /// Opens a session. Every route that opens one calls this in the transaction that consumes the
    /// client's proofs, so that either both happen or neither.
    ///
    /// The sessions that this one replaces are revoked. A device that the account does not
    /// recognize yet is recognized from now on.
    pub(in crate::service) fn open_session(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<NewSession, Error> {
        self.check_proofs(tx, opening)?;
        // One order for all transactions, so that two logins with the same cookies do not deadlock.
        let mut replaced: Vec<_> = opening.request.replaces.iter().collect();
        replaced.sort_unstable_by_key(|token| token.as_bytes());
        for old in replaced {
            sessions::delete_by_token(tx, old)?;
        }
        let (device_token, device) = self.recognize_device(tx, opening)?;
        let (token, record) = self.new_session(opening, device);
        sessions::insert(tx, &record)?;
        Ok(NewSession {
            user: opening.owner.clone(),
            session: record.session,
            token,
            device: device_token,
        })
    }

    /// Opens the session that a request with a code or link asks for, if it asks for one.
    pub(in crate::service) fn open_if_requested(
        &self,
        tx: &mut Tx<'_>,
        owner: &User,
        request: Option<&SessionRequest>,
        now: Timestamp,
    ) -> Result<Option<NewSession>, Error> {
        let Some(request) = request else {
            return Ok(None);
        };
        let opening = SessionOpening {
            owner,
            by: &AuthenticatedBy::Mailbox,
            request,
            now,
        };
        self.open_session(tx, opening).map(Some)
    }

    /// Records the login, or returns an error unless the proofs are enough for a session. A
    /// password that was changed after it was verified, or an account that was disabled, ends the
    /// attempt.
    fn check_proofs(&self, tx: &mut Tx<'_>, opening: SessionOpening<'_>) -> Result<(), Error> {
        let SessionOpening { owner, now, .. } = opening;
        match opening.by {
            AuthenticatedBy::Password {
                version,
                reservation,
            } => {
                // Failures are locked before the account.
                self.throttle
                    .reset_on_success(tx, reservation, owner, now)?;
                if users::record_login_if_unchanged(tx, owner.id, *version, now)? {
                    Ok(())
                } else {
                    Err(Error::InvalidCredentials)
                }
            }
            AuthenticatedBy::SignUp | AuthenticatedBy::Mailbox => {
                if users::record_login(tx, owner.id, now)? {
                    Ok(())
                } else {
                    Err(Error::AccountDisabled)
                }
            }
        }
    }

    /// Returns the session to insert, and its token.
    fn new_session(
        &self,
        opening: SessionOpening<'_>,
        device: Option<TokenHash>,
    ) -> (PlainToken, SessionRecord) {
        let SessionOpening { request, now, .. } = opening;
        let token = PlainToken::new(TokenKind::Session, random::bytes());
        let (expires_at, ends_at) = self.policy.lifetime.ends(request.remember, now);
        let session = Session {
            id: SessionId::new(now, &random::bytes()),
            created_at: now,
            last_seen_at: now,
            expires_at,
            ends_at,
            remembered: request.remember,
            ip: request.ip.clone(),
            user_agent: request.user_agent.clone(),
            auth_time: now,
            amr: AuthenticationMethods::password(),
        };
        let record = SessionRecord {
            user_id: opening.owner.id,
            token_hash: token.digest(),
            device,
            session,
        };
        (token, record)
    }

    /// Returns the digest of the client's device, and its token if the device was not recognized
    /// before. Without rate limits there is neither, because a device would have no use.
    fn recognize_device(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<(Option<PlainToken>, Option<TokenHash>), StoreError> {
        let SessionOpening { owner, now, .. } = opening;
        if !self.throttle.is_on() {
            return Ok((None, None));
        }
        if let Some(presented) = &opening.request.device
            && devices::owner(tx, presented, now)? == Some(owner.id)
        {
            return Ok((None, Some(presented.clone())));
        }
        let (token, device) = new_device(owner.id, now);
        let is_only_one = devices::insert(tx, &device)?;
        if !is_only_one {
            self.notify_of_device(tx, opening)?;
        }
        Ok((Some(token), Some(device.token_hash)))
    }

    /// Sends the owner a notice of a login from a new device. A client with a code or link has just
    /// read the owner's mail, so that session causes none.
    fn notify_of_device(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<(), StoreError> {
        let is_login = matches!(opening.by, AuthenticatedBy::Password { .. });
        if !is_login || !self.policy.device_notices {
            return Ok(());
        }
        let login = NewDeviceLogin {
            user: opening.owner,
            ip: &opening.request.ip,
            user_agent: &opening.request.user_agent,
            language: opening.request.language,
        };
        self.outbox.notify_new_device(tx, &login, opening.now)
    }
}

/// Returns a device to recognize from now on, and its token.
fn new_device(user_id: UserId, now: Timestamp) -> (PlainToken, NewDevice) {
    let token = PlainToken::new(TokenKind::Device, random::bytes());
    let device = NewDevice {
        user_id,
        token_hash: token.digest(),
        created_at: now,
        expires_at: now.plus(LIFE),
    };
    (token, device)
}
