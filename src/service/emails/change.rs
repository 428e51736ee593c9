//! Changes the email of an account. The new mailbox has to be verified, and the old one gets a
//! notice; nothing changes before.

use crate::{
    domain::{
        account::{email::Email, user::User},
        credential::challenge::{Challenge, Purpose},
        language::Language,
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::{ChallengeMail, Outbox, OutboxMail, Trigger},
    service::{Caller, Error, Service},
    store::{
        StoreError, Tx,
        tables::{challenges, users},
    },
};

impl Service {
    /// Sends the new mailbox a code and a link. The response is the same if another account has the
    /// email; the owner of that account gets a notice.
    pub async fn change_email(&self, caller: &Caller, email: Email) -> Result<(), Error> {
        let user = caller.user.id;
        let counted = self.throttle.count_change(user, &caller.client).await?;
        let requested = self.request_change(caller, email).await;
        if requested.is_err() {
            self.throttle.refund_change(counted).await;
        }
        requested
    }

    async fn request_change(&self, caller: &Caller, email: Email) -> Result<(), Error> {
        let (service, owner, now) = (self.clone(), caller.clone(), self.clock.now());
        self.database
            .write(move |tx| -> Result<(), Error> {
                let (outbox, language) = (&service.outbox, owner.client.language);
                let trigger = outbox.trigger(email.key(), &owner.client.ip, language);
                let user = service.lock_confirmed(tx, &owner, now)?;
                send_challenge(tx, outbox, &user, &email, trigger, now)?;
                outbox.notify(tx, &user, MessageKind::EmailChangeRequested, language, now)?;
                let event = SecurityEvent::EmailChangeRequested;
                Ok(event.record(tx, owner.context(now))?)
            })
            .await?;
        self.outbox.wake();
        Ok(())
    }
}

fn send_challenge(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    user: &User,
    mailbox: &Email,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    let owner = users::by_email(tx, mailbox.key())?.filter(|owner| owner.user.id != user.id);
    let counted = trigger.counted(MessageKind::ChangeEmail, mailbox.key());
    let is_sent = outbox.admits(tx, &counted, now)?;
    let challenge = ChallengeMail {
        user,
        purpose: Purpose::ChangeEmail,
        mailbox,
        trigger,
    };
    challenge.store(tx, is_sent && owner.is_none(), now)?;
    match owner {
        Some(owner) if is_sent => {
            let kind = MessageKind::AccountExists;
            OutboxMail::notice(kind, &owner.user, trigger.language).enqueue(tx, now)
        }
        Some(_) | None => Ok(()),
    }
}

/// Completes a change of email: every other challenge is voided, and the old mailbox gets a notice.
pub(super) fn complete(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    challenge: &Challenge,
    before: &User,
    language: Language,
    now: Timestamp,
) -> Result<(), StoreError> {
    users::set_email(tx, challenge.user, &challenge.email, true, now)?;
    challenges::delete_by_user(tx, challenge.user, &Purpose::ALL)?;
    outbox.notify(tx, before, MessageKind::EmailChanged, language, now)
}
