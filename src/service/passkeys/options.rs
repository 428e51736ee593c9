//! The options of ceremonies: the challenge, and the passkeys that the account has.

use crate::{
    domain::{
        account::{ids::UserId, user::User},
        credential::{
            passkey::{PASSKEYS_PER_ACCOUNT, Passkey},
            token::TokenHash,
        },
        session::second_factor::SecondFactorChallenge,
    },
    passkeys::{Ceremony, CeremonyPurpose, RelyingParty},
    random,
    service::{Caller, Error, PasskeyError, Service},
    store::{
        StoreError, Tx,
        tables::{passkeys, second_factor_challenges, second_factors, users},
    },
};

/// The options for the registration of a passkey.
#[derive(Debug)]
pub struct RegistrationOptions {
    /// The relying party.
    pub relying_party: RelyingParty,
    /// The ceremony.
    pub ceremony: Ceremony,
    /// The account.
    pub owner: User,
    /// The user handle of the account.
    pub user_handle: Vec<u8>,
    /// The passkeys that the account has: an authenticator with one of them offers no other.
    pub registered: Vec<Passkey>,
}

/// The options for a login, a second step or a confirmation.
#[derive(Debug)]
pub struct AssertionOptions {
    /// The RP id.
    pub rp_id: String,
    /// The ceremony.
    pub ceremony: Ceremony,
    /// The passkeys that may sign. If there are none, every discoverable passkey may.
    pub allowed: Vec<Passkey>,
    /// `true` if the authenticator must verify its user.
    pub needs_verified_user: bool,
}

impl Service {
    /// Starts the registration of a passkey. The ceremony belongs to the caller's session.
    pub async fn passkey_registration_options(
        &self,
        caller: &Caller,
    ) -> Result<RegistrationOptions, Error> {
        let relying_party = self.configured_party()?.clone();
        let (user, handle) = (caller.user.id, random::bytes());
        let (user_handle, registered) = self
            .database
            .write(move |tx| {
                if !users::lock(tx, user)? {
                    return Err(Error::NotAuthenticated);
                }
                let factors = second_factors::get_or_insert(tx, user, &handle)?;
                Ok((factors.handle, passkeys::list_by_user(tx, user)?))
            })
            .await?;
        if registered.len() >= PASSKEYS_PER_ACCOUNT {
            return Err(Error::Passkey(PasskeyError::LimitReached));
        }
        let purpose = CeremonyPurpose::Registration(user, caller.session.id);
        Ok(RegistrationOptions {
            ceremony: self.passkeys.start(purpose, self.clock.now()),
            registered: of_party(registered, &relying_party),
            relying_party,
            owner: caller.user.clone(),
            user_handle,
        })
    }

    /// Starts a login by passkey. The options depend on no account.
    pub fn passkey_log_in_options(&self) -> Result<AssertionOptions, Error> {
        self.assertion_options(CeremonyPurpose::LogIn, Vec::new())
    }

    /// Starts the second step of a login by passkey.
    pub async fn second_factor_passkey_options(
        &self,
        challenge: Option<TokenHash>,
    ) -> Result<AssertionOptions, Error> {
        let challenge = challenge.ok_or(Error::ChallengeExpired)?;
        let (token, now) = (challenge.clone(), self.clock.now());
        let registered = self
            .database
            .read(move |tx| -> Result<_, StoreError> {
                match second_factor_challenges::by_token(tx, &token, now)? {
                    Some(open) if is_current(tx, &open)? => {
                        passkeys::list_by_user(tx, open.user).map(Some)
                    }
                    Some(_) | None => Ok(None),
                }
            })
            .await?;
        let registered = registered.ok_or(Error::ChallengeExpired)?;
        self.options_of_account(CeremonyPurpose::SecondFactor(&challenge), registered)
    }

    /// Starts the confirmation of the caller's session by passkey.
    pub async fn confirmation_passkey_options(
        &self,
        caller: &Caller,
    ) -> Result<AssertionOptions, Error> {
        let user: UserId = caller.user.id;
        let registered = self
            .database
            .read(move |tx| passkeys::list_by_user(tx, user))
            .await?;
        self.options_of_account(CeremonyPurpose::Confirmation(caller.session.id), registered)
    }

    /// Returns the options for an account, which must have a passkey of the relying party.
    fn options_of_account(
        &self,
        purpose: CeremonyPurpose<'_>,
        registered: Vec<Passkey>,
    ) -> Result<AssertionOptions, Error> {
        let allowed = of_party(registered, self.configured_party()?);
        if allowed.is_empty() {
            return Err(Error::Passkey(PasskeyError::NotFound));
        }
        self.assertion_options(purpose, allowed)
    }

    fn assertion_options(
        &self,
        purpose: CeremonyPurpose<'_>,
        allowed: Vec<Passkey>,
    ) -> Result<AssertionOptions, Error> {
        Ok(AssertionOptions {
            rp_id: self.configured_party()?.id.clone(),
            ceremony: self.passkeys.start(purpose, self.clock.now()),
            allowed,
            needs_verified_user: purpose.needs_verified_user(),
        })
    }

    /// Returns whether clients can use passkeys.
    #[must_use]
    pub const fn has_passkeys(&self) -> bool {
        self.passkeys.relying_party().is_some()
    }

    pub(super) fn configured_party(&self) -> Result<&RelyingParty, Error> {
        self.passkeys
            .relying_party()
            .ok_or(Error::Passkey(PasskeyError::NotConfigured))
    }
}

/// Returns whether the password and the factors are those of the first step.
fn is_current(tx: &mut Tx<'_>, open: &SecondFactorChallenge) -> Result<bool, StoreError> {
    let account = users::by_id(tx, open.user)?;
    let factors = second_factors::by_user(tx, open.user)?;
    Ok(account.is_some_and(|account| {
        !account.disabled && account.password_version == open.password_version
    }) && factors.is_some_and(|factors| factors.version == open.factors_version))
}

fn of_party(mut registered: Vec<Passkey>, party: &RelyingParty) -> Vec<Passkey> {
    registered.retain(|passkey| passkey.rp_id == party.id);
    registered
}
