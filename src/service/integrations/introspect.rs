//! Introspects a token for another service (RFC 7662).

use serde::Serialize;

use crate::{
    domain::{
        account::ids::SessionId,
        credential::token::{TokenHash, TokenKind},
        session::{AuthenticatedSession, access_token},
        timestamp::Timestamp,
    },
    service::{Error, Service},
    store::tables::sessions,
};

/// An active token.
#[derive(Debug)]
pub struct IntrospectedToken {
    /// The account and the session.
    pub holder: AuthenticatedSession,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// When the token expires, unless it is revoked before.
    pub expires_at: Timestamp,
    /// The kind of the token.
    pub token_use: TokenUse,
    /// The client that the token was issued to.
    pub client_id: String,
}

/// The kind of an introspected token.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenUse {
    /// The token of a session.
    Session,
    /// An access token.
    AccessToken,
}

impl Service {
    /// Returns a token while it and its session are valid. The session of an access token is
    /// looked up too, so a revocation takes effect at once.
    pub async fn introspect(&self, token: &str) -> Result<Option<IntrospectedToken>, Error> {
        if let Some(hash) = TokenHash::of_presented(TokenKind::Session, token) {
            return self.introspect_session(hash).await;
        }
        if !access_token::looks_like_jwt(token) {
            return Ok(None);
        }
        let Some(claims) = self.tokens.verify(token).await? else {
            return Ok(None);
        };
        let Some(id) = SessionId::parse(&claims.sid) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let holder = self
            .database
            .read_inline(move |tx| sessions::by_id(tx, id, now))
            .await?;
        Ok(holder
            .filter(|holder| holder.user.id.to_string() == claims.sub)
            .map(|holder| IntrospectedToken {
                holder,
                issued_at: Timestamp::from_seconds(claims.iat),
                expires_at: Timestamp::from_seconds(claims.exp),
                token_use: TokenUse::AccessToken,
                client_id: claims.client_id,
            }))
    }

    async fn introspect_session(
        &self,
        token: TokenHash,
    ) -> Result<Option<IntrospectedToken>, Error> {
        match self.session_of(vec![token]).await {
            Ok(holder) => Ok(Some(IntrospectedToken {
                issued_at: holder.session.created_at,
                expires_at: holder.session.expires_at,
                holder,
                token_use: TokenUse::Session,
                client_id: self.tokens.client_id().to_owned(),
            })),
            Err(Error::NotAuthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
