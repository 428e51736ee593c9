//! Changes several fields of an account for an administrator, all or none.

use super::users::{record, set_disabled, set_verified};
use crate::{
    domain::{
        account::{
            change::Change,
            display_name::DisplayName,
            email::Email,
            external_id::ExternalId,
            roles::Roles,
            user::{Credentials, User},
            username::Username,
        },
        credential::challenge::Purpose,
        event::{EventContext, UpdatedFields},
        json_object::JsonObject,
        language::Language,
        message::MessageKind,
    },
    events::SecurityEvent,
    service::{
        AccountName, AccountOverview, Administrator, Error, Service, accounts::update::rename,
    },
    store::{
        StoreError, Tx,
        tables::{
            challenges,
            users::{self, UniqueKeys},
        },
    },
};

/// A change of an account by an administrator. An absent field stays as it is.
#[derive(Default)]
#[expect(
    missing_docs,
    reason = "each field is named after the value that it changes"
)]
pub struct UserChange {
    pub username: Option<Username>,
    pub email: Option<Email>,
    pub email_verified: Option<bool>,
    pub disabled: Option<bool>,
    pub display_name: Change<DisplayName>,
    pub roles: Option<Roles>,
    pub metadata: Option<JsonObject>,
    pub external_id: Change<ExternalId>,
}

impl UserChange {
    fn unique_keys(&self) -> UniqueKeys {
        UniqueKeys {
            username: self.username.as_ref().map(|name| name.key().clone()),
            email: self.email.as_ref().map(|email| email.key().clone()),
            external_id: self.external_id.value().cloned(),
        }
    }
}

impl Service {
    /// Changes an account in one transaction. A value that the account has already is no change.
    pub async fn update_user(
        &self,
        by: &Administrator,
        name: &AccountName,
        change: UserChange,
    ) -> Result<AccountOverview, Error> {
        let id = self.account(name).await?.user.id;
        let (service, keys) = (self.clone(), change.unique_keys());
        let context = by.context(Some(id), self.clock.now());
        let changed = self
            .database
            .write_again(move |tx| -> Result<(), Error> {
                let is_found = users::lock(tx, id)?;
                let before = users::by_id(tx, id)?.filter(|_| is_found);
                let before = before.ok_or(Error::UserNotFound)?;
                Ok(service.apply(tx, &change, &before, &context)?)
            })
            .await;
        if let Err(Error::Taken(found)) = changed {
            return Err(Error::Taken(self.all_taken(keys, Some(id), found).await?));
        }
        changed?;
        self.outbox.wake();
        self.show_account(&AccountName::Id(id)).await
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        change: &UserChange,
        before: &Credentials,
        context: &EventContext,
    ) -> Result<(), StoreError> {
        let user = &before.user;
        let username = change.username.as_ref();
        if let Some(username) = username.filter(|name| **name != user.username) {
            rename(tx, &self.policy, user.id, username, context.at)?;
            SecurityEvent::UserRenamed.record(tx, context.clone())?;
        }
        self.apply_email(tx, change, user, context)?;
        apply_attributes(tx, change, user, context)?;
        if let Some(disabled) = change.disabled.filter(|new| *new != before.disabled) {
            set_disabled(tx, user.id, disabled, context)?;
        }
        Ok(())
    }

    /// Changes the email, which is then not verified unless the administrator says so. Challenges
    /// are voided, and the old mailbox gets a notice.
    fn apply_email(
        &self,
        tx: &mut Tx<'_>,
        change: &UserChange,
        user: &User,
        context: &EventContext,
    ) -> Result<(), StoreError> {
        let email = change.email.as_ref();
        let Some(email) = email.filter(|email| email.as_str() != user.email.as_str()) else {
            let verified = change.email_verified;
            if let Some(is_verified) = verified.filter(|new| *new != user.email_verified) {
                set_verified(tx, user, is_verified, context)?;
            }
            return Ok(());
        };
        let is_same_mailbox = email.key() == user.email.key();
        let is_still_verified = is_same_mailbox && user.email_verified;
        let is_verified = change.email_verified.unwrap_or(is_still_verified);
        users::set_email(tx, user.id, email, is_verified, context.at)?;
        challenges::delete_by_user(tx, user.id, &Purpose::ALL)?;
        if !is_same_mailbox {
            let kind = MessageKind::EmailChanged;
            self.outbox
                .notify(tx, user, kind, Language::English, context.at)?;
        }
        SecurityEvent::EmailChanged.record(tx, context.clone())
    }
}

fn apply_attributes(
    tx: &mut Tx<'_>,
    change: &UserChange,
    user: &User,
    context: &EventContext,
) -> Result<(), StoreError> {
    let (id, before, now) = (user.id, &user.attributes, context.at);
    let mut updated = Vec::new();
    if is_replaced(&change.display_name, before.display_name.as_ref()) {
        users::set_display_name(tx, id, change.display_name.value(), now)?;
        updated.push(UpdatedFields::Profile);
    }
    let roles = change.roles.as_ref();
    if let Some(roles) = roles.filter(|roles| **roles != before.roles) {
        users::set_roles(tx, id, roles, now)?;
        updated.push(UpdatedFields::Roles);
    }
    let metadata = change.metadata.as_ref();
    if let Some(metadata) = metadata.filter(|new| **new != before.metadata) {
        users::set_metadata(tx, id, metadata, now)?;
        updated.push(UpdatedFields::Metadata);
    }
    if is_replaced(&change.external_id, before.external_id.as_ref()) {
        users::set_external_id(tx, id, change.external_id.value(), now)?;
        updated.push(UpdatedFields::ExternalId);
    }
    for fields in updated {
        record(tx, true, SecurityEvent::UserUpdated { fields }, context)?;
    }
    Ok(())
}

/// Returns whether the value after a change differs from the one before.
fn is_replaced<T: PartialEq>(change: &Change<T>, before: Option<&T>) -> bool {
    !change.is_keep() && change.value() != before
}
