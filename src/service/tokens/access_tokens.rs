//! Access tokens: issued for a session, and the keys that sign them, which turn by age and are shared through the database; it must
//! not know who verifies them.

use std::{
    fmt,
    sync::{Arc, RwLock},
    time::Duration,
};

use crate::{
    clock,
    domain::{
        credential::{secret::Secret, token},
        session::{
            access_token::{self, Claims, LEAD, TOKEN_LIFE},
            signing_key::{SigningKey, SigningKeyError, VerifyingKey},
        },
        timestamp::Timestamp,
    },
    service::{Caller, Error, Service},
    store::{
        StoreError, Tx,
        tables::signing_keys::{self, SigningKeyRow},
    },
};

/// How long a replica goes on with the keys that it has read.
const RING_AGE: Duration = Duration::from_mins(1);

/// How much longer than its last token a key stays published: clocks differ.
const SLACK: Duration = Duration::from_mins(1);

/// Whose tokens they are, for whom, and how long a key signs.
#[derive(Clone, Debug)]
pub struct Issuing {
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: String,
    /// The age at which another key takes over.
    pub key_age: Duration,
}

/// A token that was issued.
pub struct AccessToken {
    /// The token.
    pub token: String,
    /// How long it is good for.
    pub life: Duration,
}

/// A key as neighbours see it.
#[derive(Clone, Debug)]
pub struct PublishedKey {
    /// What tokens call it.
    pub id: String,
    /// Its public half, in base64url.
    pub public: String,
}

/// The keys that are in use, as this replica last read them.
#[derive(Debug, Default)]
pub struct KeyRing(RwLock<Option<Arc<Ring>>>);

/// The keys of one moment.
struct Ring {
    signing: SigningKey,
    verifying: Vec<VerifyingKey>,
    published: Vec<PublishedKey>,
    read_at: Timestamp,
}

impl fmt::Debug for Ring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ring({:?})", self.signing)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(hidden)")
    }
}

impl From<SigningKeyError> for Error {
    fn from(unusable: SigningKeyError) -> Self {
        Self::Internal(Box::new(unusable))
    }
}

impl Service {
    /// A token for the caller's session: good for five minutes, and never longer than the session.
    pub async fn issue_access_token(&self, caller: &Caller) -> Result<AccessToken, Error> {
        let now = self.0.clock.now();
        let ring = self.ring(now).await?;
        let end = now.plus(TOKEN_LIFE).min(caller.session.expires_at);
        let claims = Claims {
            iss: self.0.issuing.issuer.clone(),
            aud: self.0.issuing.audience.clone(),
            sub: caller.user.id.to_string(),
            sid: caller.session.id.to_string(),
            jti: access_token::token_id(&clock::random()),
            iat: now.as_seconds(),
            exp: end.as_seconds(),
        };
        let seconds = u64::try_from(claims.exp.saturating_sub(claims.iat)).unwrap_or(0);
        Ok(AccessToken {
            token: claims.sign(&ring.signing)?,
            life: Duration::from_secs(seconds),
        })
    }

    /// Returns whether a bearer credential claims to be ours: by a prefix, or as a JWT of our issuer.
    #[must_use]
    pub fn claims_to_be_ours(&self, credential: &str) -> bool {
        token::has_prefix(credential)
            || access_token::unverified_issuer(credential)
                .is_some_and(|issuer| issuer == self.0.issuing.issuer)
    }

    /// The keys that neighbours verify tokens with: those that sign, will sign soon, or signed a token that has not ended.
    pub async fn published_keys(&self) -> Result<Vec<PublishedKey>, Error> {
        let ring = self.ring(self.0.clock.now()).await?;
        Ok(ring.published.clone())
    }

    /// What a token of ours says, while it lives.
    pub(crate) async fn verified_claims(&self, token: &str) -> Result<Option<Claims>, Error> {
        let now = self.0.clock.now();
        let ring = self.ring(now).await?;
        let Issuing {
            issuer, audience, ..
        } = &self.0.issuing;
        Ok(access_token::verify(
            token,
            &ring.verifying,
            issuer,
            audience,
            now,
        ))
    }

    /// Makes another key: one that neighbours get to know before it signs, or, where a key may be in wrong hands, one that signs
    /// at once and leaves no other.
    pub async fn rotate_signing_keys(&self, at_once: bool) -> Result<String, Error> {
        let (now, secret) = (self.0.clock.now(), self.0.secret.clone());
        let id = self
            .write(move |tx| {
                signing_keys::lock(tx)?;
                if at_once {
                    for key in signing_keys::list(tx)? {
                        signing_keys::delete(tx, &key.id)?;
                    }
                }
                let lead = if at_once { Duration::ZERO } else { LEAD };
                Ok(make_key(tx, &secret, now, now.plus(lead))?)
            })
            .await?;
        Ok(id)
    }

    async fn ring(&self, now: Timestamp) -> Result<Arc<Ring>, Error> {
        if let Some(ring) = self.0.key_ring.fresh(now) {
            return Ok(ring);
        }
        let mut kept = self.read(signing_keys::list).await?;
        if self.is_due(&kept, now) {
            match self.turn(now).await {
                Ok(turned) => kept = turned,
                // A database that takes no writes is no reason to stop signing, nor to hide the keys.
                Err(error) if signing(&kept, &self.0.secret, now).is_some() => {
                    tracing::warn!(%error, "the next signing key could not be made; the present one goes on");
                }
                Err(error) => return Err(error),
            }
        }
        let ring = Arc::new(Ring::of(&kept, &self.0.secret, now)?);
        self.0.key_ring.keep(&ring);
        Ok(ring)
    }

    /// Whether no key can sign, or the newest is old.
    fn is_due(&self, kept: &[SigningKeyRow], now: Timestamp) -> bool {
        let is_old = kept
            .first()
            .is_none_or(|newest| newest.created_at().plus(self.0.issuing.key_age) <= now);
        is_old || signing(kept, &self.0.secret, now).is_none()
    }

    /// Forgets the keys whose last token has ended; how many. What signed once is not kept for whoever gets to see the database.
    pub(crate) async fn purge_signing_keys(&self, now: Timestamp) -> Result<usize, Error> {
        let kept = self.read(signing_keys::list).await?;
        let needed = published(&kept, now).count();
        if needed == kept.len() {
            return Ok(0);
        }
        self.write(move |tx| {
            for key in kept.iter().skip(needed) {
                signing_keys::delete(tx, &key.id)?;
            }
            Ok(kept.len() - needed)
        })
        .await
    }

    /// Makes the key that is due, unless another replica was first.
    async fn turn(&self, now: Timestamp) -> Result<Vec<SigningKeyRow>, Error> {
        let (accounts, secret) = (self.clone(), self.0.secret.clone());
        self.write(move |tx| {
            signing_keys::lock(tx)?;
            let kept = signing_keys::list(tx)?;
            if accounts.is_due(&kept, now) {
                // Who has nothing to sign with cannot wait for neighbours to learn of it.
                let can_sign = signing(&kept, &secret, now).is_some();
                let lead = if can_sign { LEAD } else { Duration::ZERO };
                let id = make_key(tx, &secret, now, now.plus(lead))?;
                tracing::info!(
                    event = "signing_key.made",
                    key.id = id,
                    "a key for access tokens was made"
                );
            }
            Ok(signing_keys::list(tx)?)
        })
        .await
    }
}

impl KeyRing {
    fn fresh(&self, now: Timestamp) -> Option<Arc<Ring>> {
        let ring = self.0.read().ok()?.clone()?;
        let is_fresh = ring.read_at <= now && now < ring.read_at.plus(RING_AGE);
        is_fresh.then_some(ring)
    }

    fn keep(&self, ring: &Arc<Ring>) {
        if let Ok(mut kept) = self.0.write() {
            *kept = Some(Arc::clone(ring));
        }
    }
}

impl Ring {
    fn of(
        kept: &[SigningKeyRow],
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Self, SigningKeyError> {
        let published: Vec<_> = published(kept, now)
            .map(|key| PublishedKey {
                id: key.id.clone(),
                public: key.public_key.clone(),
            })
            .collect();
        Ok(Self {
            signing: signing(kept, secret, now).ok_or(SigningKeyError)?,
            verifying: published
                .iter()
                .map(|key| VerifyingKey::new(&key.id, &key.public))
                .collect::<Result<_, _>>()?,
            published,
            read_at: now,
        })
    }
}

/// The key that signs at `now`: the latest that has begun to, or where none has, the first that will, because the replica that
/// made it may be a moment ahead. One that another secret sealed is passed by.
fn signing(kept: &[SigningKeyRow], secret: &Secret, now: Timestamp) -> Option<SigningKey> {
    let has_begun = |key: &&SigningKeyRow| key.signs_from() <= now;
    let begun = kept.iter().filter(has_begun);
    let coming = kept.iter().rev().filter(|key| !has_begun(key));
    begun.chain(coming).find_map(|key| {
        let unsealed = SigningKey::unsealed(&key.sealed_key, &key.id, secret);
        if unsealed.is_err() {
            tracing::error!(
                key.id,
                "a signing key was sealed with another DAEMUN_SECRET"
            );
        }
        unsealed.ok()
    })
}

/// The keys, latest first, up to the one whose last token has ended: it ended five minutes after the next key began to sign.
fn published(kept: &[SigningKeyRow], now: Timestamp) -> impl Iterator<Item = &SigningKeyRow> {
    let mut next_signs_from = None;
    kept.iter().take_while(move |key| {
        let is_needed = next_signs_from
            .is_none_or(|next: Timestamp| now < next.plus(TOKEN_LIFE).plus(RING_AGE).plus(SLACK));
        next_signs_from = Some(key.signs_from());
        is_needed
    })
}

fn make_key(
    tx: &mut Tx<'_>,
    secret: &Secret,
    now: Timestamp,
    signs_from: Timestamp,
) -> Result<String, StoreError> {
    let broken = |unusable: SigningKeyError| StoreError::broken(unusable.to_string());
    let seed = clock::random();
    let key = SigningKey::new(&seed).map_err(broken)?;
    let sealed = SigningKey::sealed(&seed, &key.id, secret, clock::random()).map_err(broken)?;
    let kept = SigningKeyRow::new(key.id.clone(), key.public, sealed, now, signs_from);
    signing_keys::insert(tx, &kept)?;
    Ok(key.id)
}
