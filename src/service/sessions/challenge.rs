//! Decides whether a session needs a second factor, and creates the challenge of a login that waits
//! for one.

use super::opening::{AuthenticatedBy, SessionOpening};
use crate::{
    domain::{
        account::ids::UserId,
        credential::token::{PlainToken, TokenKind},
        session::second_factor::{
            CHALLENGE_LIFE, PendingSecondFactor, SecondFactorChallenge, SecondFactorMethod,
        },
    },
    random,
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            challenges, devices, second_factor_challenges,
            second_factors::{self, SecondFactors},
            users,
        },
    },
};

/// The second factor of an account, for one session.
pub(super) enum SecondFactor {
    /// The account has set up none, or the proofs include it.
    NotNeeded,
    /// The device is trusted to skip it.
    Skipped,
    /// The client has to present one of these methods.
    Due(Vec<SecondFactorMethod>),
}

impl Service {
    /// Returns the methods that an account can present as its second factor, or `None` if it has
    /// set up none.
    pub(in crate::service) fn second_factor_methods(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<Option<Vec<SecondFactorMethod>>, StoreError> {
        let party = self.passkeys.relying_party();
        second_factors::methods(tx, user, party.map(|party| party.id.as_str()))
    }

    /// Returns whether a second factor is due for a session. A change of factors at the same time
    /// counts as one after the login.
    pub(super) fn second_factor(
        &self,
        tx: &mut Tx<'_>,
        opening: SessionOpening<'_>,
    ) -> Result<SecondFactor, StoreError> {
        let SessionOpening { owner, now, .. } = opening;
        if let AuthenticatedBy::SignUp
        | AuthenticatedBy::Passkey { .. }
        | AuthenticatedBy::SecondFactor(_) = opening.by
        {
            return Ok(SecondFactor::NotNeeded);
        }
        let Some(methods) = self.second_factor_methods(tx, owner.id)? else {
            return Ok(SecondFactor::NotNeeded);
        };
        let is_trusted = match &opening.request.device {
            Some(device) if self.policy.trusted_device.is_some() => {
                devices::is_trusted(tx, device, owner.id, now)?
            }
            Some(_) | None => false,
        };
        Ok(if is_trusted {
            SecondFactor::Skipped
        } else {
            SecondFactor::Due(methods)
        })
    }
}

/// Creates the challenge of a second factor. The right first factor refunds its attempt, and
/// resets nothing.
pub(super) fn challenge_second_factor(
    tx: &mut Tx<'_>,
    opening: SessionOpening<'_>,
    methods: Vec<SecondFactorMethod>,
) -> Result<PendingSecondFactor, Error> {
    let SessionOpening {
        owner,
        by,
        request,
        now,
    } = opening;
    let password_version = check_first_factor(tx, opening)?;
    let factors_version = version(second_factors::by_user(tx, owner.id)?);
    let challenge = PlainToken::new(TokenKind::SecondFactorChallenge, random::bytes());
    let stored = SecondFactorChallenge {
        user: owner.id,
        created_at: now,
        expires_at: now.plus(CHALLENGE_LIFE),
        password_version,
        factors_version,
        methods: by.methods(),
        confirms: by.confirms(),
        transport: request.transport,
        remembered: request.remember,
        device: request.device.clone(),
    };
    second_factor_challenges::insert(tx, &challenge.digest(), &stored)?;
    Ok(PendingSecondFactor { challenge, methods })
}

/// Locks the account row, refunds the attempt and consumes a mailed code. Returns the version
/// of the password, or an error if the first factor no longer opens a session.
fn check_first_factor(tx: &mut Tx<'_>, opening: SessionOpening<'_>) -> Result<i64, Error> {
    let SessionOpening { owner, by, now, .. } = opening;
    // Failures are locked before the account.
    if let AuthenticatedBy::Password { reservation, .. }
    | AuthenticatedBy::EmailCode { reservation, .. } = by
    {
        reservation.refund_within(tx)?;
    }
    users::lock(tx, owner.id)?;
    let current = users::by_id(tx, owner.id)?.ok_or(Error::InvalidCredentials)?;
    let version = current.password_version;
    let (is_valid, refusal) = match by {
        AuthenticatedBy::Password {
            version: verified, ..
        } => (
            !current.disabled && *verified == version,
            Error::InvalidCredentials,
        ),
        _ if current.disabled => (false, Error::AccountDisabled),
        AuthenticatedBy::EmailCode { challenge, .. } => (
            challenges::consume(tx, *challenge, now)?,
            Error::CodeInvalid,
        ),
        AuthenticatedBy::SignUp
        | AuthenticatedBy::Mailbox
        | AuthenticatedBy::Passkey { .. }
        | AuthenticatedBy::SecondFactor(_) => (true, Error::AccountDisabled),
    };
    is_valid.then_some(version).ok_or(refusal)
}

/// Returns whether the account of a challenge is enabled, and its password and its factors are
/// those of the first step.
pub(in crate::service) fn is_current(
    tx: &mut Tx<'_>,
    challenge: &SecondFactorChallenge,
) -> Result<bool, StoreError> {
    let account = users::by_id(tx, challenge.user)?;
    let factors = second_factors::by_user(tx, challenge.user)?;
    let is_unchanged = account.is_some_and(|account| {
        !account.disabled && account.password_version == challenge.password_version
    });
    Ok(is_unchanged && version(factors) == challenge.factors_version)
}

/// Returns the version of the factors. An account without a row has never had one.
fn version(factors: Option<SecondFactors>) -> i64 {
    factors.map_or(0, |factors| factors.version)
}
