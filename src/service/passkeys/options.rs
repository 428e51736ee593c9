//! The options of ceremonies: the challenge, and the passkeys that the account has.

use crate::{
    domain::{
        account::{ids::UserId, user::User},
        credential::{
            passkey::{PASSKEYS_PER_ACCOUNT, Passkey},
            token::TokenHash,
        },
    },
    passkeys::{Ceremony, CeremonyPurpose, RelyingParty},
    random,
    service::{
        Caller, Error, PasskeyError, Service, second_factors::account_lock::lock_session,
        sessions::challenge::is_current,
    },
    store::{
        StoreError,
        tables::{passkeys, second_factor_challenges, second_factors},
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
        let (handle, now) = (random::bytes(), self.clock.now());
        let (user, confirmed) = (caller.user.id, caller.clone());
        let (user_handle, registered) = self
            .database
            .write(move |tx| -> Result<_, Error> {
                lock_session(tx, &confirmed, now)?;
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

fn of_party(mut registered: Vec<Passkey>, party: &RelyingParty) -> Vec<Passkey> {
    registered.retain(|passkey| passkey.rp_id == party.id);
    registered
}
