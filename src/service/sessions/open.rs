//! Opens sessions: the one function through which every route that opens a session goes.

use super::{
    challenge::{SecondFactor, challenge_second_factor},
    opening::{AuthenticatedBy, SessionOpening},
};
use crate::{
    domain::{
        account::{
            ids::{ChallengeId, SessionId, UserId},
            user::User,
        },
        credential::token::{PlainToken, TokenHash, TokenKind},
        session::{Session, SessionRecord},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Error, NewSession, Service, SessionOutcome, SessionRequest},
    store::{
        StoreError, Tx,
        tables::{challenges, sessions, users},
    },
};

impl Service {
    /// Opens a session, or creates the challenge of the second factor that is due. Every route that
    /// opens a session calls this in the transaction that consumes the client's proofs, so that
    /// either both happen or neither.
    ///
    /// The sessions that the new one replaces are revoked. A device that the account does not
    /// recognize yet is recognized from now on.
    pub(in crate::service) fn open_session(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<SessionOutcome, Error> {
        if let SecondFactor::Due(methods) = self.second_factor(tx, opening)? {
            let pending = challenge_second_factor(tx, opening, methods)?;
            return Ok(SessionOutcome::SecondFactorRequired(pending));
        }
        self.check_proofs(tx, opening)?;
        // Read again under the lock of the account: the owner may have added a factor since.
        let has_every_factor = matches!(self.second_factor(tx, opening)?, SecondFactor::NotNeeded);
        revoke_replaced(tx, opening)?;
        let (device_token, device) = self.recognize_device(tx, opening)?;
        let is_confirmed = opening.by.confirms() && has_every_factor;
        let (token, record) = self.new_session(opening, device, is_confirmed);
        let surplus = sessions::insert(tx, &record)?;
        opening.record(tx, record.session.id, surplus)?;
        Ok(SessionOutcome::Opened(Box::new(NewSession {
            user: opening.owner.clone(),
            session: record.session,
            token,
            device: device_token,
        })))
    }

    /// Opens the session that a request with a code or link asks for, if it asks for one.
    pub(in crate::service) fn open_if_requested(
        &self,
        tx: &mut Tx<'_>,
        owner: &User,
        request: Option<&SessionRequest>,
        now: Timestamp,
    ) -> Result<Option<SessionOutcome>, Error> {
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
        let (is_recorded, refusal) = match opening.by {
            AuthenticatedBy::Password {
                version,
                reservation,
            } => {
                // Failures are locked before the account.
                self.throttle
                    .reset_on_success(tx, reservation, owner, now)?;
                (
                    users::record_login_if_unchanged(tx, owner.id, *version, now)?,
                    Error::InvalidCredentials,
                )
            }
            AuthenticatedBy::EmailCode {
                challenge,
                reservation,
            } => {
                self.throttle
                    .reset_on_success(tx, reservation, owner, now)?;
                return consume_email_code(tx, owner.id, *challenge, now);
            }
            AuthenticatedBy::SecondFactor(completed) => {
                let version = completed.password_version;
                (
                    users::record_login_if_unchanged(tx, owner.id, version, now)?,
                    Error::ChallengeExpired,
                )
            }
            AuthenticatedBy::SignUp
            | AuthenticatedBy::Mailbox
            | AuthenticatedBy::Passkey { .. } => (
                users::record_login(tx, owner.id, now)?,
                Error::AccountDisabled,
            ),
        };
        is_recorded.then_some(()).ok_or(refusal)
    }

    /// Returns the session to insert, and its token.
    fn new_session(
        &self,
        opening: SessionOpening<'_>,
        device: Option<TokenHash>,
        is_confirmed: bool,
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
            ip: request.client.ip.clone(),
            user_agent: request.client.user_agent.clone(),
            auth_time: now,
            amr: opening.by.methods(),
            confirmed_at: is_confirmed.then_some(now),
        };
        let record = SessionRecord {
            user_id: opening.owner.id,
            token_hash: token.digest(),
            device,
            session,
        };
        (token, record)
    }
}

/// Revokes the sessions of the client's cookies, in one order for all transactions, so that two
/// logins with the same cookies do not deadlock.
fn revoke_replaced(tx: &mut Tx<'_>, opening: SessionOpening<'_>) -> Result<(), StoreError> {
    let SessionOpening { request, now, .. } = opening;
    let mut replaced: Vec<_> = request.replaces.iter().collect();
    replaced.sort_unstable_by_key(|token| token.as_bytes());
    for old in replaced {
        if let Some((user, session)) = sessions::delete_by_token(tx, old, now)? {
            let context = request.client.as_owner(user, now).in_session(session);
            SecurityEvent::SessionRevoked.record(tx, context)?;
        }
    }
    Ok(())
}

/// Records a login with a mailed code, and consumes the code. The account is locked before its
/// challenges.
fn consume_email_code(
    tx: &mut Tx<'_>,
    user: UserId,
    challenge: ChallengeId,
    now: Timestamp,
) -> Result<(), Error> {
    if !users::record_login(tx, user, now)? {
        Err(Error::AccountDisabled)
    } else if challenges::consume(tx, challenge, now)? {
        Ok(())
    } else {
        Err(Error::CodeInvalid)
    }
}
