//! Change of address: the new one has to be proved, the old one is told, and nothing changes before.

use crate::{
    domain::{
        account::{
            email::Email,
            user::{Credentials, User},
        },
        credential::{challenge::Purpose, password::Password},
        message::MessageKind,
        timestamp::Timestamp,
    },
    service::{
        Caller, Error, Service,
        outbox::messages::{Letter, Question, Trigger},
        throttle::keys::CountedMail,
    },
    store::{StoreError, Tx, tables::users},
};

/// What an owner asks for.
pub struct EmailChange {
    /// The password that confirms it; `None` where what was sent cannot be anybody's.
    pub current: Option<Password>,
    /// The address that is to be the account's.
    pub email: Email,
}

impl Service {
    /// Asks the new mailbox to be proved. It is answered in the same way where another account has the address already, whose
    /// owner is told.
    pub async fn change_email(&self, caller: &Caller, change: EmailChange) -> Result<(), Error> {
        let counted = self.count_change(caller).await?;
        let is_asked = self.ask_for_change(caller, change).await;
        if is_asked.is_err() {
            self.refund_change(counted).await;
        }
        is_asked
    }

    async fn ask_for_change(&self, caller: &Caller, change: EmailChange) -> Result<(), Error> {
        let credentials = self.confirmed(caller, change.current.as_ref()).await?;
        let (accounts, now, language) = (self.clone(), self.0.clock.now(), caller.language);
        let trigger = self.trigger(&change.email, &caller.ip, language);
        let is_asked = self
            .write(move |tx| {
                let Credentials {
                    user,
                    password_version,
                    ..
                } = &credentials;
                if !users::lock_if_unchanged(tx, user.id, *password_version)? {
                    return Ok(false);
                }
                accounts.ask_to_change(tx, user, &change.email, trigger, now)?;
                accounts.notify(tx, user, MessageKind::EmailChangeRequested, language, now)?;
                Ok(true)
            })
            .await?;
        if !is_asked {
            return Err(Error::CurrentPasswordWrong);
        }
        self.mail_is_waiting();
        tracing::info!(event = "email.change_requested", user.id = %caller.user.id, client.ip = %caller.ip, "a change of address was asked for");
        Ok(())
    }

    fn ask_to_change(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        mailbox: &Email,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let owner = users::by_email(tx, mailbox.key())?.filter(|owner| owner.user.id != user.id);
        let mail = CountedMail {
            kind: MessageKind::ChangeEmail,
            mailbox: mailbox.key(),
            client: trigger.client,
        };
        let is_sent = self.mail_allowed(tx, &mail, now)?;
        let question = Question {
            user,
            purpose: Purpose::ChangeEmail,
            mailbox,
            trigger,
        };
        question.put(tx, is_sent && owner.is_none(), now)?;
        match owner {
            Some(owner) if is_sent => {
                Letter::notice(MessageKind::AccountExists, &owner.user, trigger.language)
                    .post(tx, now)
            }
            Some(_) | None => Ok(()),
        }
    }
}
