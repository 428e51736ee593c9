//! Removes second factors for an operator, whose owner lost them or whose secret is lost.

use crate::{
    domain::{
        account::{ids::UserId, user::User},
        credential::totp::TOTP_SECRET_SEAL,
        event::EventContext,
        language::Language,
        message::MessageKind,
    },
    events::SecurityEvent,
    service::{
        AccountName, Administrator, Error, Service,
        second_factors::{recovery_codes::remove_without_factor, removal::remove_all},
    },
    store::tables::{second_factors, totp_secrets, users},
};

/// Secrets that are opened together.
const PAGE: i64 = 500;

impl Service {
    /// Removes every second factor of an account, with its recovery codes and the trust in its
    /// devices, and notifies the owner. Sessions stay. Returns the account, and whether it had a
    /// factor.
    pub async fn reset_second_factors(
        &self,
        by: &Administrator,
        name: &AccountName,
    ) -> Result<(User, bool), Error> {
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        let owner = self.account(name).await?.user;
        let user = owner.clone();
        let context = by.context(Some(user.id), now);
        let had_factor = self
            .database
            .write(move |tx| {
                if !users::lock(tx, user.id)? {
                    return Err(Error::UserNotFound);
                }
                let had_factor = second_factors::methods(tx, user.id, None)?.is_some();
                remove_all(tx, user.id, &context)?;
                if had_factor {
                    let kind = MessageKind::SecondFactorsReset;
                    outbox.notify(tx, &user, kind, Language::English, now)?;
                }
                Ok(had_factor)
            })
            .await?;
        Ok((owner, had_factor))
    }

    /// Removes the authenticator apps whose secret no service secret opens, and notifies their
    /// owners. Returns their number.
    pub async fn remove_unreadable_totp(&self) -> Result<usize, Error> {
        let (mut last, mut removed) = (String::new(), 0);
        loop {
            let after = last.clone();
            let page = self
                .database
                .read(move |tx| totp_secrets::list_sealed(tx, &after, PAGE))
                .await?;
            let Some(value) = page.last() else {
                return Ok(removed);
            };
            last.clone_from(&value.name);
            for value in page {
                let opened = self
                    .sealing_keys
                    .open(TOTP_SECRET_SEAL, &value.name, &value.sealed);
                if let (None, Some(user)) = (opened, UserId::parse(&value.name)) {
                    removed += usize::from(self.remove_totp(user).await?);
                }
            }
        }
    }

    /// Removes the authenticator app of an account, and notifies the owner. Returns whether it was
    /// in use.
    async fn remove_totp(&self, user: UserId) -> Result<bool, Error> {
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.database
            .write(move |tx| {
                users::lock(tx, user)?;
                let was_enabled = totp_secrets::delete(tx, user)?;
                let owner = users::by_id(tx, user)?;
                if let (true, Some(found)) = (was_enabled, owner) {
                    second_factors::bump(tx, user)?;
                    remove_without_factor(tx, user)?;
                    let context = EventContext::operator(Some(user), now);
                    SecurityEvent::TotpDisabled.record(tx, context)?;
                    let kind = MessageKind::TotpDisabled;
                    outbox.notify(tx, &found.user, kind, Language::English, now)?;
                }
                Ok(was_enabled)
            })
            .await
    }
}
