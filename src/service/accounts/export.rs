//! Exports everything that is stored about an account, without its secrets.

use crate::{
    domain::{
        account::ids::{EventId, UserId},
        credential::{
            challenge::{Challenge, ChallengeLifetime},
            invitation::Invitation,
            passkey::Passkey,
        },
        event::{Event, EventContext, EventQuery},
        session::{Session, device::RecognizedDevice, second_factor::SecondFactorChallenge},
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    service::{AccountName, Caller, Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            challenges, devices, events, idempotency_keys, invitations,
            mail_requests::{self, MailRequest},
            outbox::{self, OutboxMessage},
            passkeys, recovery_codes, second_factor_challenges, second_factors, sessions,
            totp_secrets::{self, TotpTimes},
            users::{self, AccountState},
        },
    },
};

/// The most events that are read at once.
const EVENTS_AT_ONCE: i64 = 500;

/// Everything that is stored about an account, except its events, which are read page by page.
/// Expired rows are left out: they are deleted soon.
#[expect(missing_docs, reason = "each field is named after its rows")]
pub struct AccountExport {
    pub exported_at: Timestamp,
    pub account: AccountState,
    pub sessions: Vec<Session>,
    pub devices: Vec<RecognizedDevice>,
    /// The WebAuthn user handle.
    pub user_handle: Option<Vec<u8>>,
    pub totp: Option<TotpTimes>,
    pub passkeys: Vec<Passkey>,
    /// The times at which the unused recovery codes were created.
    pub recovery_codes: Vec<Timestamp>,
    pub mailed_codes: Vec<(Challenge, ChallengeLifetime)>,
    pub waiting_logins: Vec<SecondFactorChallenge>,
    pub waiting_mails: Vec<OutboxMessage>,
    pub mail_requests: Vec<MailRequest>,
    pub invitations: Vec<Invitation>,
    /// The expiries of the idempotency keys.
    pub idempotency_keys: Vec<Timestamp>,
}

impl Service {
    /// Exports the account of a confirmed caller.
    pub async fn export_own_account(&self, caller: &Caller) -> Result<AccountExport, Error> {
        let (service, owner, now) = (self.clone(), caller.clone(), self.clock.now());
        self.database
            .write(move |tx| -> Result<(), Error> {
                service.lock_confirmed(tx, &owner, now)?;
                Ok(SecurityEvent::DataExported.record(tx, owner.context(now))?)
            })
            .await?;
        let read = self.read_export(caller.user.id, now).await?;
        read.ok_or(Error::NotAuthenticated)
    }

    /// Exports the account with this username or email, for an operator.
    pub async fn export_account(&self, name: &AccountName) -> Result<AccountExport, Error> {
        let (id, now) = (self.find_account(name).await?.id, self.clock.now());
        self.database
            .write(move |tx| -> Result<(), StoreError> {
                SecurityEvent::DataExported.record(tx, EventContext::operator(Some(id), now))
            })
            .await?;
        self.read_export(id, now).await?.ok_or(Error::UserNotFound)
    }

    /// Returns the next events of an export, the newest first, as the owner reads them.
    pub async fn exported_events(
        &self,
        user: UserId,
        before: Option<EventId>,
    ) -> Result<Vec<Event>, Error> {
        let query = EventQuery {
            user: Some(user),
            before,
            limit: EVENTS_AT_ONCE,
            ..EventQuery::default()
        };
        let read = self.database.read(move |tx| events::list(tx, &query));
        Ok(read.await?.into_iter().map(Event::for_owner).collect())
    }

    async fn read_export(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<AccountExport>, StoreError> {
        self.database
            .read(move |tx| {
                users::state_by_id(tx, user)?
                    .map(|account| AccountExport::read(tx, account, now))
                    .transpose()
            })
            .await
    }
}

impl AccountExport {
    fn read(
        tx: &mut Tx<'_>,
        account: AccountState,
        exported_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let (user, now) = (account.user.id, exported_at);
        let factors = second_factors::by_user(tx, user)?;
        let mailed_codes = challenges::list_by_user(tx, user, now)?;
        // Mails to an address that waits for verification would tell whether an account has it.
        let email = &account.user.email;
        Ok(Self {
            exported_at,
            sessions: sessions::list_by_user(tx, user, now)?,
            devices: devices::list(tx, user, now)?,
            user_handle: factors.map(|factors| factors.handle),
            totp: totp_secrets::times(tx, user)?,
            passkeys: passkeys::list_by_user(tx, user)?,
            recovery_codes: recovery_codes::times(tx, user)?,
            waiting_logins: second_factor_challenges::list_by_user(tx, user, now)?,
            waiting_mails: outbox::list_by_recipient(tx, email)?,
            mail_requests: mail_requests::list_by_mailbox(tx, email.key())?,
            invitations: invitations::list_by_mailbox(tx, email.key())?,
            idempotency_keys: idempotency_keys::expiries(tx, user, now)?,
            mailed_codes,
            account,
        })
    }
}
