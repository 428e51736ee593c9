//! Sessions: opened by a sign-up or a log-in, recognised by their token, listed and ended.

use crate::{
    clock,
    domain::{
        account::{
            ids::{SessionId, UserId},
            user::User,
        },
        credential::token::{PlainToken, TokenHash, TokenKind},
        language::Language,
        session::{AuthenticatedSession, Session, SessionRecord},
        timestamp::Timestamp,
    },
    service::{Error, Service},
    store::tables::sessions,
};

/// How a session is to be opened.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// Whether it outlives the browser.
    pub remember: bool,
    /// The network address it is opened from.
    pub ip: String,
    /// What opens it, by its own account.
    pub user_agent: String,
    /// The language that whoever opens it reads.
    pub language: Language,
    /// The device that it says it is opened from.
    pub device: Option<TokenHash>,
    /// A session that this one takes the place of: the one the browser's cookie named.
    pub replaces: Option<TokenHash>,
}

/// A session that was just opened, with the only copy of its token.
#[derive(Debug)]
pub struct NewSession {
    /// Whose.
    pub user: User,
    /// The session.
    pub session: Session,
    /// Its token.
    pub token: PlainToken,
    /// The token of the device, where it was not known before.
    pub device: Option<PlainToken>,
}

/// Who a request comes from, and from where.
#[derive(Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// The session that it comes through.
    pub session: Session,
    /// The network address that it comes from, which need not be the one that the session was opened from.
    pub ip: String,
    /// The language that whoever asks reads.
    pub language: Language,
}

/// Who asks without a session: nobody that is known, from somewhere.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The network address that it comes from.
    pub ip: String,
    /// The language that is read there.
    pub language: Language,
}

impl Caller {
    /// Where the request comes from, without who it is.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor {
            ip: self.ip.clone(),
            language: self.language,
        }
    }
}

impl Service {
    /// Who holds this token and asks from this address.
    pub async fn authenticate(
        &self,
        token: TokenHash,
        ip: String,
        language: Language,
    ) -> Result<Caller, Error> {
        let AuthenticatedSession { user, session } = self.holder(token).await?;
        Ok(Caller {
            user,
            session,
            ip,
            language,
        })
    }

    /// Who holds this token. That it was used is written at most once an hour.
    pub(crate) async fn holder(&self, token: TokenHash) -> Result<AuthenticatedSession, Error> {
        let now = self.0.clock.now();
        let found = self
            .look_up(move |tx| sessions::by_token(tx, &token, now))
            .await?;
        let mut holder = found.ok_or(Error::NotAuthenticated)?;
        if let Some(expires_at) = self.0.lifetime.extended(&holder.session, now) {
            let id = holder.session.id;
            match self
                .write(move |tx| Ok(sessions::touch(tx, id, now, expires_at)?))
                .await
            {
                Ok(()) => {
                    holder.session.last_seen_at = now;
                    holder.session.expires_at = expires_at;
                }
                Err(error) => {
                    tracing::warn!(%error, "could not write that a session was used; the next request tries again");
                }
            }
        }
        Ok(holder)
    }

    /// Ends the caller's session.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Error> {
        match self.end_session(caller, caller.session.id).await {
            // Ended elsewhere in the same moment: it is ended.
            Err(Error::SessionNotFound) => Ok(()),
            other => other,
        }
    }

    /// The caller's living sessions, the newest first.
    pub async fn list_sessions(&self, caller: &Caller) -> Result<Vec<Session>, Error> {
        let (user, now) = (caller.user.id, self.0.clock.now());
        self.read(move |tx| sessions::list_by_user(tx, user, now))
            .await
    }

    /// Ends one of the caller's sessions.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        let (user, now) = (caller.user.id, self.0.clock.now());
        if !self
            .write(move |tx| Ok(sessions::delete(tx, user, id, now)?))
            .await?
        {
            return Err(Error::SessionNotFound);
        }
        tracing::info!(event = "session.ended", user.id = %user, session.id = %id, client.ip = %caller.ip, "a session was ended");
        Ok(())
    }

    /// Ends all of the caller's sessions but the one it uses.
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<(), Error> {
        let (user, kept) = (caller.user.id, caller.session.id);
        let ended = self
            .write(move |tx| Ok(sessions::delete_others(tx, user, Some(kept))?))
            .await?;
        tracing::info!(event = "session.others_ended", user.id = %user, sessions = ended, client.ip = %caller.ip, "the other sessions were ended");
        Ok(())
    }

    /// A session to be kept that this device opened, and its token.
    pub(crate) fn new_session(
        &self,
        user_id: UserId,
        opening: &SessionRequest,
        device: Option<TokenHash>,
        now: Timestamp,
    ) -> (PlainToken, SessionRecord) {
        let token = PlainToken::new(TokenKind::Session, clock::random());
        let (expires_at, ends_at) = self.0.lifetime.ends(opening.remember, now);
        let session = Session {
            id: SessionId::new(now, &clock::random()),
            created_at: now,
            last_seen_at: now,
            expires_at,
            ends_at,
            remembered: opening.remember,
            ip: opening.ip.clone(),
            user_agent: opening.user_agent.clone(),
        };
        let token_hash = token.digest();
        (
            token,
            SessionRecord {
                user_id,
                token_hash,
                device,
                session,
            },
        )
    }
}
